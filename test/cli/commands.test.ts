import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { demoOrigin } from "../../src/server/demo-origin.ts";
import { listen } from "../origins/listen.ts";
import { ADMIN_TOKEN, newAccount } from "../server/new-account.ts";
import { request } from "../server/request.ts";
import { type ServeProcess, startServe, stopServers } from "../server/serve-process.ts";
import { temporaryFolder } from "../server/temporary-folder.ts";
import { type Ended, runCli, said, startCli } from "./run-cli.ts";

const folder = temporaryFolder("cli");
let server: ServeProcess;
let origin: { url: string; close(): Promise<unknown> };
let env: Record<string, string>;

beforeAll(async () => {
  server = await startServe({ STATE_DIR: join(folder, "state"), ADMIN_TOKEN, ALLOW_PRIVATE_ORIGINS: "true" });
  origin = await listen(demoOrigin());
  const keys = await newAccount(server.port, "pro");
  env = {
    RESCDN_API: `http://127.0.0.1:${server.port}`,
    RESCDN_KEY: keys.live,
    RESOLVEDB_KEY: keys.resolvedb,
    XDG_CONFIG_HOME: join(folder, "config"),
  };
});
afterAll(() => Promise.all([stopServers(), origin?.close()]));

/** Runs a command that has to succeed. */
async function done(args: readonly string[], options: { input?: string; cwd?: string } = {}): Promise<Ended> {
  const ended = await runCli(args, { env, ...options });
  expect(ended, args.join(" ")).toMatchObject({ code: 0 });
  return ended;
}

async function json<T>(args: readonly string[], options: { input?: string; cwd?: string } = {}): Promise<T> {
  return JSON.parse((await done([...args, "--json"], options)).stdout) as T;
}

/** Asks a zone for a path; answers the word of `X-Cache`. */
async function ask(zone: string, path: string): Promise<string | undefined> {
  const answer = await request(server.port, `${zone}.rescdn.localhost`, path);
  return answer.headers["x-cache"]?.toString();
}

describe.concurrent("rescdn", () => {
  it("makes a zone, serves it, purges it by URL, path, prefix and from the standard input, and says what it did", async () => {
    const made = await done(["zones", "create", "shop", "--origin", origin.url, "--set", "ttl.css=60"]);
    expect(made.stdout).toBe(`Created shop: http://shop.rescdn.localhost:${server.port}\n`);
    expect([await ask("shop", "/assets/reset.css"), await ask("shop", "/assets/reset.css")]).toEqual(["MISS", "HIT"]);
    const url = `http://shop.rescdn.localhost:${server.port}/assets/reset.css`;
    for (const [args, input] of [
      [["purge", url, "--wait"], ""],
      [["purge", "shop", "/assets/reset.css"], ""],
      [["purge", "shop", "--prefix", "/assets/"], ""],
      [["purge", "shop", "-"], "/other.css\n\n/assets/reset.css\n"],
      [["purge", "-"], `${url}\n`],
      [["purge", "shop", "--everything"], ""],
    ] as const) {
      await done(args, { input });
      expect([await ask("shop", "/assets/reset.css"), await ask("shop", "/assets/reset.css")], args.join(" ")).toEqual([
        "MISS",
        "HIT",
      ]);
    }
    const [purged] = await json<{ soft: boolean; tags: string[] }[]>([
      "purge",
      "shop",
      "--tag",
      "a",
      "--tag",
      "c",
      "--soft",
    ]);
    expect(purged).toMatchObject({ soft: true, tags: ["a", "c"] });
    expect((await done(["usage"])).stdout).toMatch(/^period .*\nrequests +\d+\n/);
    expect((await done(["top", "shop"])).stdout).toMatch(/^REQUESTS {2}PATH\n +\d+ {2}\/assets\/reset\.css\n$/);
  });

  it("changes settings, one by one and from files, pauses, resumes and deletes", async () => {
    await done(["zones", "create", "diary", "--origin", origin.url]);
    const page = join(folder, "404.html");
    await writeFile(page, "<p>gone</p>\n");
    const changes = ["query=ignore", "ttl.css=null", `error_pages.404=@${page}`, "origin_headers.authorization=-"];
    const { settings } = await json<{ settings: Record<string, unknown> }>(["zones", "set", "diary", ...changes], {
      input: "Bearer 12345\n",
    });
    expect(settings).toMatchObject({
      query: "ignore",
      ttl: { css: null },
      error_pages: { 404: "<p>gone</p>" },
      origin_headers: { authorization: "Bearer 12345" },
    });
    await done(["zones", "pause", "diary"]);
    expect((await done(["zones", "ls"])).stdout).toMatch(/^diary +paused /m);
    await done(["zones", "resume", "diary"]);
    const refused = await runCli(["zones", "rm", "diary"], { env });
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining("--yes") });
    await done(["zones", "rm", "diary", "--yes"]);
    expect(await runCli(["zones", "show", "diary"], { env })).toMatchObject({
      code: 1,
      stderr: "error: zone not found\nhint: rescdn zones ls shows your zones\n",
    });
  });

  it("says which of several origins is asked, and which is down, and why", async () => {
    await done(["zones", "create", "several", "--origin", origin.url]);
    expect((await done(["zones", "origins", "several"])).stdout).toMatch(/^the only one +first +up /m);
    const gone = await listen(demoOrigin());
    await gone.close();
    const origins = [
      { name: "main", url: gone.url },
      { name: "spare", url: origin.url },
    ];
    await done(["zones", "set", "several", `origins=${JSON.stringify(origins)}`]);
    for (const path of ["/assets/reset.css", "/assets/map.js", "/assets/logo.svg"]) await ask("several", path);
    const { stdout } = await done(["zones", "origins", "several"]);
    expect(stdout).toMatch(/^main +last +down +\S+Z +origin-\w+, by requests +http:/m);
    expect(stdout).toMatch(/^spare +first +up /m);
  });

  it("makes, rotates and revokes keys, and signs URLs", async () => {
    const key = (await done(["keys", "create", "CI", "--scope", "purge", "--expires", "90d"])).stdout.trim();
    const rest = { env: { ...env, RESCDN_KEY: key } };
    expect(await runCli(["zones", "ls"], rest)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("rescdn whoami"),
    });
    const { id } = (await json<{ id: string; name: string }[]>(["keys", "ls"])).find(({ name }) => name === "CI")!;
    const rotated = (await done(["keys", "rotate", id])).stdout.trim();
    expect((await runCli(["whoami"], rest)).code).toBe(1);
    const me = await runCli(["whoami", "--json"], { env: { ...env, RESCDN_KEY: rotated } });
    const { key: now } = JSON.parse(me.stdout) as { key: { id: string } };
    await done(["keys", "revoke", now.id, "--yes"]);

    await done(["zones", "create", "films", "--origin", origin.url, "--set", "signed_urls=required"]);
    await done(["signing-keys", "create", "films"]);
    const url = `http://films.rescdn.localhost:${server.port}/assets/reset.css`;
    const signed = (await done(["sign", url, "--expires-in", "5m"])).stdout.trim();
    const { pathname, search } = new URL(signed);
    expect([
      await ask("films", pathname + search),
      (await request(server.port, "films.rescdn.localhost", pathname)).status,
    ]).toEqual(["MISS", 403]);
  });

  it("claims hostnames, and says what is left to do", async () => {
    await done(["zones", "create", "own", "--origin", origin.url]);
    const claimed = await done(["hosts", "add", "own", "cdn.example.com"]);
    expect(claimed.stdout).toMatch(/_rescdn\.cdn\.example\.com {2}TXT {2}"rescdn-hostname=/);
    expect((await done(["hosts", "ls", "own"])).stdout).toMatch(/^cdn\.example\.com +pending/m);
    await done(["hosts", "rm", "own", "cdn.example.com", "--yes"]);
  });

  it("stores, reads, changes and deletes records, and keeps namespaces, tokens and webhooks", async () => {
    const bytes = '{"a":"ä"}\n';
    await done(["records", "put", "config.cli.v1", "-", "--ttl", "5m"], { input: bytes });
    expect((await done(["records", "get", "config.cli.v1"])).stdout).toBe(bytes);
    const watch = startCli(["records", "watch", "config.cli.v1", "--every", "1s"], { env });
    await said(watch, "stdout", /"a":"ä"/);
    const next = said(watch, "stdout", /changed/);
    await done(["records", "put", "config.cli.v1", "changed"]);
    await next;
    watch.kill();
    await watch.ended;
    expect(await json(["records", "ls", "--namespace", "cli"])).toMatchObject([{ key: "config.cli.v1", ttl: 300 }]);
    await done(["namespaces", "hide", "cli"]);
    expect((await done(["namespaces", "tokens", "create", "cli", "servers"])).stdout).toMatch(/^auth-/);
    await done(["records", "rm", "config.cli.v1", "--yes"]);
    expect(await runCli(["records", "get", "config.cli.v1"], { env })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("there is no record"),
    });
    expect(
      (await done(["webhooks", "create", "https://example.com/hook", "--event", "record.deleted"])).stdout,
    ).toMatch(/^whsec_/);
    const [hook] = await json<{ id: string }[]>(["webhooks", "ls"]);
    expect(await json(["webhooks", "set", hook!.id, "--disable"])).toMatchObject({
      enabled: false,
      events: ["record.deleted"],
    });
    expect((await done(["audit", "--limit", "1"])).stdout.split("\n")).toHaveLength(3);
    expect(JSON.parse((await done(["api", "GET", "/api/v1/me"])).stdout)).toMatchObject({ user: { plan: "pro" } });
    expect(await runCli(["api", "DELETE", "/v1/zones/none"], { env })).toMatchObject({ code: 1, stdout: "" });
  });

  it("signs in with a key that it reads, and keeps it where its user alone may read it", async () => {
    const { RESCDN_API = "", RESCDN_KEY = "", RESOLVEDB_KEY: _, ...rest } = env;
    const asWork = ["login", "--key", "--api", RESCDN_API, "--profile", "work"];
    expect((await runCli(asWork, { env: rest, input: "rk_live_wrong\n" })).code).toBe(1);
    expect(await runCli(["whoami", "--profile", "work"], { env: rest })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('there is no profile "work"'),
    });
    const login = await runCli(asWork, { env: rest, input: `${RESCDN_KEY}\n` });
    expect(login).toMatchObject({ code: 0, stdout: expect.stringContaining("as Acme (profile work)") });
    const path = join(folder, "config/rescdn/config.json");
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(JSON.parse(await readFile(path, "utf8")).profiles.work).toEqual({ api: RESCDN_API, rescdn: RESCDN_KEY });
    expect((await runCli(["whoami", "--profile", "work"], { env: rest })).code).toBe(0);
    expect((await runCli(["whoami"], { env: { ...rest, RESCDN_PROFILE: "work" } })).code).toBe(0);
    expect(await runCli(["whoami"], { env: rest })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("rescdn login"),
    });
    // A key of the environment comes before the profile's.
    const other = { ...rest, RESCDN_PROFILE: "work", RESCDN_KEY: "rk_live_wrong" };
    expect((await runCli(["whoami"], { env: other })).code).toBe(1);
    expect((await runCli(["logout", "--profile", "work"], { env: rest })).code).toBe(0);
    expect((await runCli(["whoami", "--profile", "work"], { env: rest })).code).toBe(2);
  });
});

describe.concurrent("rescdn.json", () => {
  it("says with plan what apply will do, does it once, notices what was changed meanwhile, and shows no secret", async () => {
    const file = join(folder, "rescdn.json");
    const write = (zones: object) => writeFile(file, JSON.stringify({ zones }));
    const at = ["--file", file];
    await done(["zones", "create", "coded", "--origin", origin.url, "--set", "ttl.css=60"]);
    const settings = {
      query: "ignore",
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the file's own form of a variable.
      origin_headers: { authorization: "Bearer ${ORIGIN_TOKEN}" },
      rules: [{ name: "old", when: { path: "/old/*" }, do: { redirect: { to: "/new/$1", status: 301 } } }],
    };
    await write({
      coded: { origin: origin.url, settings, hostnames: ["coded.example.com"] },
      "coded-2": { origin: origin.url, active: false },
    });
    expect(await runCli(["plan", ...at], { env })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("ORIGIN_TOKEN"),
    });
    const withToken = { env: { ...env, ORIGIN_TOKEN: "very-secret" } };
    const plan = await runCli(["plan", "--check", ...at], withToken);
    expect(plan.code).toBe(1);
    for (const line of [
      "~ coded",
      "    ~ settings.ttl.css: 60 → 86400",
      '    + hostnames: "coded.example.com"',
      "+ coded-2",
    ])
      expect(plan.stdout).toContain(`${line}\n`);
    expect(plan.stdout).toContain('settings.origin_headers.authorization: "(hidden)"');
    expect(plan.stdout + (await runCli(["plan", "--json", ...at], withToken)).stdout).not.toContain("very-secret");

    expect((await runCli(["apply", ...at], withToken)).code).toBe(2);
    expect((await runCli(["apply", "--yes", ...at], withToken)).code).toBe(0);
    const zone = await json<{ version: number }>(["zones", "show", "coded"]);
    expect(zone).toMatchObject({
      settings: { query: "ignore", ttl: { css: 86_400 }, origin_headers: { authorization: "Bearer very-secret" } },
    });
    expect(await runCli(["plan", "--check", ...at], withToken)).toMatchObject({
      code: 0,
      stdout: "Nothing to change: 2 zones are as wanted.\n",
    });
    expect((await runCli(["apply", "--yes", ...at], withToken)).code).toBe(0);
    expect((await json<{ version: number }>(["zones", "show", "coded"])).version).toBe(zone.version);

    // The file that init writes of what there is says what there is.
    const written = join(folder, "written.json");
    await runCli(["init", "coded", "coded-2", "--file", written], { env, cwd: folder });
    expect((await runCli(["plan", "--check", "--file", written], { env })).code).toBe(0);
  });

  it.each([
    ["rules", { rules: [{ when: { path: "/*" }, do: { request_headers: { authorization: "s3cret" } } }] }],
    ["origins", { origins: [{ name: "other", url: "https://o.example.com", headers: { authorization: "s3cret" } }] }],
    ["logs", { logs: { target: { type: "https", url: "https://logs.example.com/s3cret" } } }],
  ])("is neither written nor planned of %s that the key may not read", async (name, settings) => {
    const zone = `hidden-${name}`;
    const change = `${name}=${JSON.stringify(settings[name as keyof typeof settings])}`;
    await done(["zones", "create", zone, "--origin", "https://o.example.com", "--set", change]);
    const key = (await done(["keys", "create", `of ${name}`, "--scope", "zones:read"])).stdout.trim();
    const file = join(folder, `${zone}.json`);
    const reader = { env: { ...env, RESCDN_KEY: key }, cwd: folder };
    const refused = { code: 1, stderr: expect.stringContaining(`may not read all settings of ${zone}`) };
    expect(await runCli(["init", zone, "--file", file], reader)).toMatchObject(refused);
    await expect(stat(file)).rejects.toThrow("ENOENT");
    await writeFile(file, JSON.stringify({ zones: { [zone]: { origin: "https://o.example.com", settings } } }));
    expect(await runCli(["plan", "--file", file], reader)).toMatchObject(refused);
  });

  it("says what is wrong in it, all at once, and does nothing", async () => {
    const file = join(folder, "wrong.json");
    await writeFile(
      file,
      JSON.stringify({ zones: { a: { origin: origin.url, settings: { querry: "ignore", methods: "some" } }, b: {} } }),
    );
    const { code, stderr } = await runCli(["apply", "--yes", "--file", file], { env });
    expect(code).toBe(2);
    expect(stderr).toContain("zones.a.settings.querry is not known here");
    expect(stderr).toContain('zones.a.settings.methods is wrong: there are ["read","all"].');
    expect(stderr).toContain('zones.b lacks "origin".');
    expect((await runCli(["zones", "show", "a"], { env })).code).toBe(1);
  });
});
