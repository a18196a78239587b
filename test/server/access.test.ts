import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newKeyring } from "../../src/secrets/keyring.ts";
import { signUrl } from "../../src/signed-urls/sign-url.ts";
import { ADMIN_TOKEN, newAccount } from "./new-account.ts";
import { request } from "./request.ts";
import { ServeFailed, type ServeProcess, startServe, stopServers } from "./serve-process.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const API = "api.rescdn.localhost";
const EDGE = "films.rescdn.localhost";
const KEY = "a-signing-key-of-the-test";

const stateDir = temporaryFolder("access");
let origin: Server;
let originUrl: string;
const asked: string[] = [];

beforeAll(async () => {
  origin = createServer(({ url }, response) => {
    asked.push(url ?? "");
    response.writeHead(200, { "Content-Type": "text/css" }).end("body{}");
  });
  await new Promise<void>((resolve) => origin.listen(0, "127.0.0.1", resolve));
  originUrl = `http://127.0.0.1:${(origin.address() as AddressInfo).port}`;
});

afterAll(async () => {
  await stopServers();
  origin.close();
});

const serve = (env: Record<string, string> = {}) =>
  startServe({ STATE_DIR: stateDir, ADMIN_TOKEN, ALLOW_PRIVATE_ORIGINS: "true", ...env });

const sign = (path: string, grant: object = {}) =>
  signUrl(`http://${EDGE}${path}`, { key: KEY, expires: Date.now() / 1000 + 600, ...grant }).slice(
    `http://${EDGE}`.length,
  );

async function statusOf({ port }: ServeProcess, path: string, headers = {}, from = "127.0.0.1") {
  const { status, headers: answered } = await request(port, EDGE, path, { headers, from });
  return [status, /detail=([\w-]+)/.exec(String(answered["cache-status"]))?.[1] ?? answered["x-cache"]].join(" ");
}

describe("npm run serve", () => {
  it("keeps a keyring that only its user may read, and opens with it after a restart what it has sealed", async () => {
    const first = await serve();
    const headers = { "X-ResCDN-Key": (await newAccount(first.port)).live };
    const body = { name: "films", origin: originUrl, settings: { signed_urls: "required" } };
    expect((await request(first.port, API, "/v1/zones", { method: "POST", headers, body })).status).toBe(201);
    const made = await request(first.port, API, "/v1/zones/films/signing-keys", {
      method: "POST",
      headers,
      body: { key: KEY },
    });
    expect(made.status).toBe(201);
    const url = sign("/a.css", { form: "path" });
    expect(await statusOf(first, url)).toBe("200 MISS");
    expect(await statusOf(first, "/a.css")).toBe("403 signature-missing");
    await first.stop();

    const file = join(stateDir, "secrets-key");
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const second = await serve();
    expect(await statusOf(second, sign("/a.css"))).toBe("200 HIT");
    await second.stop();
    expect([first, second].map((server) => server.stderr()).join()).not.toMatch(/HS256|token=/);
  });

  it("opens that also behind a keyring of the environment, in all processes", async () => {
    const third = await serve({ SECRETS_KEY: newKeyring(), WORKERS: "2" });
    for (let i = 0; i < 4; i++) expect(await statusOf(third, sign("/a.css"))).toMatch(/^200/);
    expect(await statusOf(third, sign("/a.css", { address: "127.0.0.2" }), {}, "127.0.0.2")).toMatch(/^200/);
    expect(await statusOf(third, sign("/a.css", { address: "127.0.0.2" }))).toBe("403 signature-address");
    await third.stop();
    expect(third.stderr()).not.toMatch(/HS256|token=/);
    expect(new Set(asked)).toEqual(new Set(["/a.css"]));
  });

  it("serves nothing that is signed, and logs why, where the keyring is another one", async () => {
    await writeFile(join(stateDir, "secrets-key"), newKeyring());
    const fourth = await serve();
    expect(await statusOf(fourth, sign("/a.css"))).toBe("403 signature-wrong");
    await fourth.stop();
    expect(fourth.stderr()).toContain("signing_key_unreadable");
  });

  it("believes country and network of the proxies that it names, in the fields that it names, and of nobody else", async () => {
    const own = await mkdtemp(join(tmpdir(), "rescdn-access-"));
    const env = { TRUSTED_PROXIES: "127.0.0.9", COUNTRY_HEADER: "X-Country", ASN_HEADER: "X-Network", STATE_DIR: own };
    const server = await serve(env);
    const headers = { "X-ResCDN-Key": (await newAccount(server.port)).live };
    const access = { countries: { allow: ["DE"] }, asns: { deny: [64496] } };
    const body = { name: "films", origin: originUrl, settings: { access } };
    expect((await request(server.port, API, "/v1/zones", { method: "POST", headers, body })).status).toBe(201);
    const from = (said: object, address: string) => statusOf(server, "/a.css", said, address);
    const german = { "X-Country": "de" };
    expect(await from(german, "127.0.0.9")).toBe("200 MISS");
    expect(await from(german, "127.0.0.1")).toBe("403 access-country");
    expect(await from({ "CF-IPCountry": "DE" }, "127.0.0.9")).toBe("403 access-country");
    expect(await from({ ...german, "X-Network": "AS64496" }, "127.0.0.9")).toBe("403 access-asn");
    expect(await from({ ...german, "X-Network": "64497" }, "127.0.0.9")).toBe("200 HIT");
    await server.stop();
    await rm(own, { recursive: true, force: true });
  });

  it("ends with a sentence where SECRETS_KEY is no keyring, and does not show it", async () => {
    const ended = await serve({ SECRETS_KEY: "my secret" }).catch((error: unknown) => error);
    expect(ended).toBeInstanceOf(ServeFailed);
    expect((ended as ServeFailed).stderr).toContain("SECRETS_KEY must be one or more id:key");
    expect((ended as ServeFailed).stderr).not.toContain("my secret");
  });
});
