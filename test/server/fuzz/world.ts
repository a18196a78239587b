import { type Answer, request } from "../request.ts";

export const HOST = "api.rescdn.localhost";

/** The account that the fuzz calls with, and another one whose things it must not learn of. */
export interface World {
  operator: string;
  /** Keys of the fuzz, by the field that they are shown in. */
  keys: { rescdn: string[]; resolvedb: string[] };
  /** Ids and names by kind: `own` grows with what the fuzz creates. */
  own: Record<string, string[]>;
  foreign: Record<string, string[]>;
  /** Texts that stand in no answer to the fuzz, unless it has sent them itself. */
  secrets: string[];
  /** All that the other account sees of itself, to be compared. */
  foreignState(): Promise<string>;
}

interface Account {
  id: string;
  live: string;
  test: string;
  resolvedb: string;
}

/** Fills a server with the two accounts. */
export async function createWorld(port: number, operator: string): Promise<World> {
  const [own, foreign] = [
    await newAccount(port, operator, "fuzz"),
    await newAccount(port, operator, marker("account")),
  ];
  const keys = { rescdn: [own.live], resolvedb: [own.resolvedb] };
  for (let i = 0; i < 11; i++) {
    keys.rescdn.push((await v1<{ token: string }>(port, own, "POST", "/keys", { name: "fuzz" })).token);
    const made = await rest<{ api_key: { token: string } }>(port, own, "POST", "/api_keys", {
      api_key: { name: "fuzz" },
    });
    keys.resolvedb.push(made.api_key.token);
  }
  // Some may not do everything, or see other things.
  keys.rescdn.push(own.test);
  const limited = { name: "fuzz", scopes: ["zones:read", "usage:read"] };
  keys.rescdn.push((await v1<{ token: string }>(port, own, "POST", "/keys", limited)).token);
  const [ownThings, foreignThings] = [await fill(port, own, () => "fuzz"), await fill(port, foreign, marker)];
  const ids = Object.values(foreignThings)
    .flat()
    .filter((id) => id !== "");
  return {
    operator,
    keys,
    own: ownThings,
    foreign: foreignThings,
    secrets: [...markers, ...ids, foreign.id, foreign.live, foreign.test, foreign.resolvedb],
    foreignState: () => stateOf(port, foreign, foreignThings),
  };
}

const markers: string[] = [];

/** A text that nobody guesses, of lower-case letters and digits, as it may stand in every kind of field. */
function marker(of: string): string {
  const made = `m${crypto.randomUUID().replaceAll("-", "").slice(0, 20)}${of}`;
  markers.push(made);
  return made;
}

async function newAccount(port: number, operator: string, name: string): Promise<Account> {
  const body = { name, email: `${name}@acme.example`, plan: "enterprise" };
  const answer = await send(port, "POST", "/admin/accounts", { authorization: `Bearer ${operator}` }, body);
  const { account, keys } = JSON.parse(answer.body) as { account: { id: string }; keys: Omit<Account, "id"> };
  return { id: account.id, ...keys };
}

/** One thing of each kind at least, with a text of `text` in each field that takes one. */
async function fill(port: number, account: Account, text: (of: string) => string): Promise<Record<string, string[]>> {
  const things: Record<string, string[]> = {};
  const add = (kind: string, ...ids: string[]) => {
    things[kind] = [...(things[kind] ?? []), ...ids];
  };
  for (let i = 0; i < 4; i++) {
    const name = `${text("zone")}-${crypto.randomUUID().slice(0, 8)}`;
    const settings = {
      response_headers: { "x-marker": text("header") },
      origin_headers: { "x-marker": text("origin") },
    };
    const zone = { name, origin: `https://${text("host")}.example.com`, settings };
    const { id } = await v1<{ id: string }>(port, account, "POST", "/zones", zone);
    add("zone", id, name);
    const order = { zone: id, paths: [`/${text("path")}`], prefixes: [`/${text("prefix")}`], tags: [text("tag")] };
    add("purge", (await v1<{ id: string }>(port, account, "POST", "/purge", order)).id);
    add("key", (await v1<{ id: string }>(port, account, "POST", "/keys", { name: text("key"), zones: [id] })).id);
  }
  for (let i = 0; i < 3; i++) {
    const namespace = `${text("namespace")}-${crypto.randomUUID().slice(0, 8)}`;
    await rest(port, account, "POST", "/namespaces", { namespace: { name: namespace, visibility: "private" } });
    const data = Buffer.from(text("data")).toString("base64");
    if (text === marker) markers.push(data);
    const record = { key: `${text("resource")}.${namespace}.v1`, data };
    const made = await rest<{ record: { id: string } }>(port, account, "POST", "/records", { record });
    add("namespace", namespace);
    add("record", made.record.id);
    const path = `/namespaces/${namespace}/query_tokens`;
    const token = { query_token: { name: text("token") } };
    add(
      "query_token",
      (await rest<{ query_token: { id: string } }>(port, account, "POST", path, token)).query_token.id,
    );
    const key = { api_key: { name: text("api-key") } };
    add("api_key", (await rest<{ api_key: { id: string } }>(port, account, "POST", "/api_keys", key)).api_key.id);
    const url = `https://127.0.0.2:1024/${text("hook")}`;
    const webhook = { webhook: { url, events: ["record.deleted"] } };
    const { id } = (await rest<{ webhook: { id: string } }>(port, account, "POST", "/webhooks", webhook)).webhook;
    add("webhook", id);
    const sent = await rest<{ delivery: { id: string } }>(port, account, "POST", `/webhooks/${id}/test`);
    add("delivery", sent.delivery.id);
  }
  return things;
}

const STATE_PATHS = ["/v1/zones", "/v1/keys", "/v1/purges", "/v1/audit"];
const RECORDS_STATE_PATHS = ["/records", "/namespaces", "/api_keys"];

async function stateOf(port: number, account: Account, things: Record<string, string[]>): Promise<string> {
  const parts: string[] = [];
  for (const path of STATE_PATHS) parts.push((await send(port, "GET", path, { "x-rescdn-key": account.live })).body);
  const webhooks = things.webhook!.map((id) => `/webhooks/${id}`);
  for (const path of [...RECORDS_STATE_PATHS, ...webhooks])
    parts.push((await send(port, "GET", `/api/v1${path}`, { authorization: `Bearer ${account.resolvedb}` })).body);
  // What time does by itself: keys are used, deliveries are attempted. What the operator does to all accounts is told to each.
  return parts
    .join("\n")
    .replaceAll(/\{"id":"audit_[^{}]*"action":"service\.[^{}]*\},?/g, "")
    .replaceAll(/"(last_used|last_used_at|failing_since|last_result|updated_at)":("[^"]*"|null|\{[^}]*\})/g, "");
}

async function v1<Shown>(port: number, account: Account, method: string, path: string, body?: unknown): Promise<Shown> {
  return parsed(await send(port, method, `/v1${path}`, { "x-rescdn-key": account.live }, body), path);
}

async function rest<Shown>(
  port: number,
  account: Account,
  method: string,
  path: string,
  body?: unknown,
): Promise<Shown> {
  return parsed(
    await send(port, method, `/api/v1${path}`, { authorization: `Bearer ${account.resolvedb}` }, body),
    path,
  );
}

function parsed<Shown>({ status, body }: Answer, path: string): Shown {
  if (status >= 300) throw new Error(`${path} → ${status} ${body}`);
  return JSON.parse(body) as Shown;
}

function send(
  port: number,
  method: string,
  path: string,
  headers: Record<string, string>,
  body?: unknown,
): Promise<Answer> {
  return request(port, HOST, path, { method, headers, ...(body !== undefined && { body }) });
}
