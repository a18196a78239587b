import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { request } from "./request.ts";
import { type ServeProcess, startServe } from "./serve-process.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const DASHBOARD = "dash.shop.test";
const PROXY = "127.0.0.9";

const stateDir = temporaryFolder("sign-in");

describe.each([
  { title: "npm run serve", folder: "one", env: {} },
  { title: "npm run serve with WORKERS=2", folder: "two", env: { WORKERS: "2" } },
])("the dashboard of $title behind a proxy that ends TLS", ({ folder, env }) => {
  let server: ServeProcess;
  beforeAll(async () => {
    server = await startServe({
      STATE_DIR: join(stateDir, folder),
      SIGN_IN_SECRET: "what-cookies-of-these-tests-are-signed-with",
      DASHBOARD_HOST: DASHBOARD,
      TRUSTED_PROXIES: PROXY,
      ...env,
    });
  });
  afterAll(() => server?.stop());

  const ask = (from: string, path: string, body?: object) =>
    request(server.port, DASHBOARD, path, {
      from,
      headers: { "X-Forwarded-Proto": "https", "Sec-Fetch-Site": "same-origin", Origin: `https://${DASHBOARD}` },
      ...(body !== undefined && { method: "POST", body }),
    });

  it("is answered by the scheme that the proxy says, and what it mails stands in the log, with links of that scheme", async () => {
    expect((await ask(PROXY, "/auth/ways")).status).toBe(200);
    const sent = await ask(PROXY, "/auth/links", { email: "somebody@example.com" });
    expect([sent.status, sent.body]).toEqual([200, '{"sent":true}']);
    await expect.poll(() => server.stderr()).toContain(`sign in at https://${DASHBOARD} with this address`);
  });

  it("believes nobody else who says a scheme", async () => {
    const refused = await ask("127.0.0.2", "/auth/links", { email: "somebody@example.com" });
    expect(refused.status).toBe(403);
  });
});
