import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ADMIN_TOKEN } from "./new-account.ts";
import { request } from "./request.ts";
import { ServeFailed, type ServeProcess, startServe } from "./serve-process.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const API = "api.rescdn.localhost";
const PROXY = "127.0.0.9";

const stateDir = temporaryFolder("operator");

describe.each([
  { title: "npm run serve", folder: "one", env: {} },
  { title: "npm run serve with WORKERS=2", folder: "two", env: { WORKERS: "2" } },
])("the operator's token of $title", ({ folder, env }) => {
  let server: ServeProcess;
  beforeAll(async () => {
    server = await startServe({
      STATE_DIR: join(stateDir, folder),
      ADMIN_TOKEN,
      TRUSTED_PROXIES: `${PROXY} ::1/128`,
      ...env,
    });
  });
  afterAll(() => server?.stop());

  const create = (token: string, from: string, headers: Record<string, string> = {}) =>
    request(server.port, API, "/admin/accounts", {
      method: "POST",
      headers: { Authorization: `Bearer ${token}`, ...headers },
      body: { name: "A", email: `${crypto.randomUUID()}@example.com` },
      from,
    });

  it("is compared with 30 of 500 guesses from one address, whatever they say of where they come from", async () => {
    const headers = (index: number) => ({
      "CF-Connecting-IP": `203.0.113.${index % 250}`,
      "X-Forwarded-For": `198.51.100.${index % 250}`,
      "X-Real-IP": `198.51.100.${index % 250}`,
      "MF-CF-Blob": JSON.stringify({ clientIp: `192.0.2.${index % 250}:1` }),
    });
    const guesses = Array.from({ length: 500 }, (_, index) =>
      create(`${ADMIN_TOKEN}${index}`, "127.0.0.2", headers(index)),
    );
    const statuses = (await Promise.all(guesses)).map(({ status }) => status);
    const count = (status: number) => statuses.filter((each) => each === status).length;
    expect([count(401), count(429)]).toEqual([30, 470]);
    // Not even the right one is compared there any more; elsewhere it is.
    expect((await create(ADMIN_TOKEN, "127.0.0.2", headers(1))).status).toBe(429);
    expect((await create(ADMIN_TOKEN, "127.0.0.1")).status).toBe(201);
  });

  it("counts those who come through a proxy that is named by what it says, and the audit log has that", async () => {
    const by = (address: string) => ({ "CF-Connecting-IP": address });
    for (let i = 0; i < 30; i++) expect((await create("guess", PROXY, by("203.0.113.7"))).status).toBe(401);
    expect((await create("guess", PROXY, by("203.0.113.7"))).status).toBe(429);
    const created = await create(ADMIN_TOKEN, PROXY, by("2001:db8:1:2::3"));
    expect(created.status).toBe(201);
    const { keys } = JSON.parse(created.body) as { keys: { live: string } };
    const key = { "X-ResCDN-Key": keys.live };
    await request(server.port, API, "/v1/keys", {
      method: "POST",
      headers: { ...key, ...by("203.0.113.8") },
      body: { name: "x" },
      from: "127.0.0.3",
    });
    await request(server.port, API, "/v1/keys", {
      method: "POST",
      headers: { ...key, ...by("203.0.113.8") },
      body: { name: "x" },
      from: PROXY,
    });
    const audit = await request(server.port, API, "/v1/audit", { headers: key });
    const { changes } = JSON.parse(audit.body) as { changes: { address: string | null }[] };
    expect(changes.map(({ address }) => address)).toEqual(["203.0.113.8", "127.0.0.3", "2001:db8:1:2::/64"]);
  });

  it("counts those together of whom the proxy says nothing that is an address", async () => {
    const fail = (headers: Record<string, string>) => create("guess", PROXY, headers);
    for (let i = 0; i < 30; i++) expect((await fail(i % 2 ? {} : { "CF-Connecting-IP": `no ${i}` })).status).toBe(401);
    expect((await fail({})).status).toBe(429);
    expect((await fail({ "CF-Connecting-IP": "no" })).status).toBe(429);
  });
});

it.each([
  [{ ADMIN_TOKEN: "x".repeat(31) }, /^ADMIN_TOKEN has 31 characters, but must have at least 32: .+\n$/],
  [{ ADMIN_TOKEN: `${"x".repeat(32)} y` }, /^ADMIN_TOKEN must be visible ASCII without spaces\n$/],
  [
    { ADMIN_TOKEN, TRUSTED_PROXIES: "10.0.0.0/8, proxy" },
    /^TRUSTED_PROXIES has something that is neither an address nor a CIDR: proxy\n$/,
  ],
  [
    { ADMIN_TOKEN, PUBLIC_NAMESPACE_ACCOUNT: "ops@example.com" },
    /^PUBLIC_NAMESPACE_ACCOUNT is not the id of an account, acct_…: ops@example\.com\n$/,
  ],
])("npm run serve does not start with %j, and says why in one line", async (env, sentence) => {
  const failure = await startServe({ STATE_DIR: join(stateDir, "refused"), ...env }).then(
    async (server) => `started, ended with ${await server.stop()}`,
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(ServeFailed);
  expect((failure as ServeFailed).exitCode).toBe(1);
  expect((failure as ServeFailed).stderr).toMatch(sentence);
});
