import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import type { Page } from "playwright-core";
import { demoOrigin } from "../../src/server/demo-origin.ts";
import { listen } from "../origins/listen.ts";
import type { Started } from "./started.ts";

/** An account as its operator has made it. */
export interface Account {
  id: string;
  email: string;
  name: string;
  /** Keys with all scopes. */
  keys: { live: string; test: string; resolvedb: string };
}

/** A name that nothing else has. */
export const newName = (prefix: string) => `${prefix}-${randomBytes(4).toString("hex")}`;

/** Makes an account, in the way that operators do. */
export async function newAccount(
  started: Started,
  plan = "pro",
  email = `${newName("owner")}@example.com`,
): Promise<Account> {
  const name = "Example";
  const { account, keys } = await asked<{ account: { id: string }; keys: Account["keys"] }>(
    started,
    "POST",
    "/admin/accounts",
    { Authorization: `Bearer ${started.adminToken}` },
    { name, email, plan },
  );
  return { id: account.id, email, name, keys };
}

/** The account of an address, which another test may have made already, or just now: an address has one. */
export async function accountOf(started: Started, email: string): Promise<Account> {
  try {
    // Its pages may be opened as fast as a test can.
    return await newAccount(started, "enterprise", email);
  } catch (error) {
    if (!String(error).includes("email_taken")) throw error;
  }
  const headers = { Authorization: `Bearer ${started.adminToken}` };
  const { accounts } = await asked<{ accounts: { id: string; name: string }[] }>(
    started,
    "GET",
    `/admin/accounts?email=${encodeURIComponent(email)}`,
    headers,
  );
  const known = accounts[0]!;
  const { keys } = await asked<{ keys: Account["keys"] }>(
    started,
    "POST",
    `/admin/accounts/${known.id}/recover`,
    headers,
    { revoke_keys: false },
  );
  return { ...known, email, keys };
}

/** Makes a zone of the account, in front of the demo's assets. */
export async function newZone(started: Started, account: Account, name = newName("zone")): Promise<string> {
  await byKey(started, account, "POST", "/v1/zones", { name, origin: started.assets });
  return name;
}

/** Makes a zone with two origins: where nobody listens, and the demo's assets. */
export async function newZoneOfSeveral(started: Started, account: Account, name: string): Promise<void> {
  const gone = await listen(demoOrigin());
  await gone.close();
  const origins = [
    { name: "main", url: gone.url },
    { name: "spare", url: started.assets },
  ];
  await byKey(started, account, "POST", "/v1/zones", { name, settings: { origins } });
}

/** Calls the API with the account's key. */
export function byKey<Answer>(
  started: Started,
  { keys }: Account,
  method: string,
  path: string,
  body?: unknown,
): Promise<Answer> {
  const key = path.startsWith("/api/") ? { Authorization: `Bearer ${keys.resolvedb}` } : { "X-ResCDN-Key": keys.live };
  return asked(started, method, path, key, body);
}

/** Uploads a file to a zone that has a bucket in the place of a server. */
export async function putFile(
  { port }: Started,
  { keys }: Account,
  zone: string,
  path: string,
  body: string,
): Promise<void> {
  const url = `http://127.0.0.1:${port}/v1/zones/${zone}/files${path}`;
  const answer = await fetch(url, { method: "PUT", headers: { "X-ResCDN-Key": keys.live }, body: new Blob([body]) });
  if (!answer.ok) throw new Error(`uploading answers ${answer.status}: ${await answer.text()}`);
}

/** Asks a zone for a file, and reads what it answers to the end. */
export async function ask(started: Started, zone: string, path: string): Promise<string | null> {
  return (await answerOf(started, zone, path)).headers["x-cache"]?.toString() ?? null;
}

/** As {@link ask}; the status. */
export async function statusOf(started: Started, zone: string, path: string): Promise<number> {
  return (await answerOf(started, zone, path)).statusCode ?? 0;
}

async function answerOf(started: Started, zone: string, path: string): Promise<IncomingMessage> {
  const host = `${zone}.rescdn.localhost:${started.port}`;
  const request = get({ host: "127.0.0.1", port: started.port, path, headers: { host } });
  const [answer] = (await once(request, "response")) as [IncomingMessage];
  await once(answer.resume(), "end");
  return answer;
}

/** Signs a window in as the account's owner, without going through the pages for it. */
export async function signIn(page: Page, started: Started, account: Account): Promise<void> {
  const { url } = await asked<{ url: string }>(started, "POST", `/admin/accounts/${account.id}/sign-in-link`, {
    Authorization: `Bearer ${started.adminToken}`,
  });
  const used = await page.request.post(`${started.origin}/auth/links/use`, {
    headers: { origin: started.origin, "cf-connecting-ip": "198.18.255.1" },
    data: { token: new URL(url).hash.slice(1) },
  });
  if (!used.ok()) throw new Error(`signing in answers ${used.status()}: ${await used.text()}`);
}

/** The newest link that the server would have mailed to an address. */
export async function mailedLink({ log }: Started, email: string): Promise<string> {
  for (let tries = 0; tries < 100; tries++) {
    const text = await (await fetch(log)).text();
    const mails = text
      .split("\n")
      .filter((line) => line.includes('"mail_not_sent"') && line.includes(`"to":"${email}"`));
    const link = /http:\/\/[^\s\\"]+#[\w-]+/.exec(mails.at(-1) ?? "");
    if (link !== null) return link[0];
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`no mail with a link came for ${email}`);
}

async function asked<Answer>(
  { port }: Started,
  method: string,
  path: string,
  headers: Record<string, string>,
  body?: unknown,
): Promise<Answer> {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
    method,
    headers: { ...headers, ...(body !== undefined && { "Content-Type": "application/json" }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${method} ${path} answers ${answer.status}: ${await answer.text()}`);
  return answer.status === 204 ? (undefined as Answer) : ((await answer.json()) as Answer);
}
