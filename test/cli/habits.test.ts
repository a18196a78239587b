import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, stat, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listen } from "../origins/listen.ts";
import { temporaryFolder } from "../server/temporary-folder.ts";
import { runCli, said, startCli } from "./run-cli.ts";

// What a real server seldom does, by one that does as it is told.

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

let answer: Answer;
let api: { url: string; close(): Promise<unknown> };
const folder = temporaryFolder("habits");
let env: Record<string, string>;

beforeAll(async () => {
  api = await listen(createServer((request, response) => answer(request, response)));
  env = { RESCDN_API: api.url, RESCDN_KEY: "rk_live_x", RESOLVEDB_KEY: "rdb_live_x", XDG_CONFIG_HOME: folder };
});
afterAll(() => api?.close());

const zone = (name: string) => ({
  id: `zone_${name}`,
  name,
  subdomain: `${name}.rescdn.io`,
  origin: "https://o.example",
  created: "2026-01-01T00:00:00Z",
  active: true,
  mode: "live",
  version: 1,
  settings: {},
});

const json = (response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}) =>
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));

/** Runs a command in a terminal, and types. */
async function inTerminal(
  command: string,
  typed: string,
  variables: Record<string, string | undefined> = {},
): Promise<{ code: number | null; shown: string }> {
  const child = spawn("script", ["-qec", command, "/dev/null"], {
    env: { ...process.env, ...env, TERM: "xterm", ...variables },
    stdio: "pipe",
  });
  let shown = "";
  let hasTyped = false;
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    shown += text;
    if (!hasTyped && /\[y\/N\]|not shown\):/.test(shown)) {
      hasTyped = true;
      child.stdin.write(typed);
    }
  });
  const [code] = (await once(child, "close")) as [number | null];
  return { code, shown };
}

const rescdn = fileURLToPath(new URL("../../src/cli/rescdn.mjs", import.meta.url));

describe("a call", () => {
  it("that is one too many is made again when the API says, and its body with it", async () => {
    const bodies: string[] = [];
    answer = async (request, response) => {
      let body = "";
      for await (const chunk of request) body += chunk;
      bodies.push(body);
      if (bodies.length < 3) json(response, 429, { error: "slow down", code: "rate_limited" }, { "retry-after": "0" });
      else
        json(response, 200, {
          id: "purge_1",
          purged: true,
          nodes: 1,
          soft: false,
          everything: true,
          paths: [],
          prefixes: [],
          tags: [],
        });
    };
    const ended = await runCli(["purge", "shop", "--everything"], { env });
    expect(ended).toMatchObject({ code: 0, stdout: "Purged in shop: everything (purge_1).\n" });
    expect(bodies).toEqual(Array(3).fill('{"zone":"shop","everything":true}'));
  });

  it("that is to be made again in an hour is not waited for", async () => {
    answer = (_, response) =>
      json(response, 429, { error: "slow down", code: "rate_limited" }, { "retry-after": "3600" });
    expect(await runCli(["zones", "ls"], { env })).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^error: slow down\nhint: /),
    });
  });

  it("that lacks a signing key ends with how to create one, whatever the sentence is", async () => {
    answer = (_, response) => json(response, 409, { error: "no key", code: "no_signing_key" });
    expect(await runCli(["zones", "show", "shop"], { env })).toMatchObject({
      stderr: "error: no key\nhint: rescdn signing-keys create <zone>\n",
    });
  });

  it("that nobody answers, or that breaks off, ends with a sentence", async () => {
    answer = (_, response) => response.destroy();
    expect(await runCli(["zones", "ls"], { env })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`cannot reach ${api.url}: the connection broke off`),
    });
    const closed = { ...env, RESCDN_API: "http://127.0.0.1:1025" };
    expect(await runCli(["zones", "ls"], { env: closed })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("nothing listens there"),
    });
  });

  it("goes through all pages of a list", async () => {
    answer = ({ url = "" }, response) => {
      const cursor = new URL(url, api.url).searchParams.get("cursor");
      json(
        response,
        200,
        cursor === null ? { zones: [zone("a")], next_cursor: "2" } : { zones: [zone("b")], next_cursor: null },
      );
    };
    const { stdout } = await runCli(["zones", "ls", "--json"], { env });
    expect((JSON.parse(stdout) as { name: string }[]).map(({ name }) => name)).toEqual(["a", "b"]);
  });

  it("never shows the key of a profile to another API", async () => {
    await mkdir(join(folder, "other/rescdn"), { recursive: true });
    const path = join(folder, "other/rescdn/config.json");
    await writeFile(
      path,
      JSON.stringify({ profiles: { default: { api: "https://api.rescdn.io", rescdn: "rk_live_kept" } } }),
    );
    await chmod(path, 0o644);
    let calls = 0;
    answer = (_, response) => {
      calls++;
      response.end();
    };
    const { RESCDN_API = "" } = env;
    const rest = { RESCDN_API, XDG_CONFIG_HOME: join(folder, "other") };
    const { code, stderr } = await runCli(["zones", "ls"], { env: rest });
    expect([code, calls]).toEqual([2, 0]);
    expect(stderr).toContain("is for https://api.rescdn.io, not for");
    // Nor does it leave it to others on the machine.
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });
});

it("rescdn records get reads no more of a namespace than the records of the key's resource", async () => {
  const asked: string[] = [];
  answer = ({ url = "" }, response) => {
    asked.push(url);
    json(response, 200, { records: [], meta: { page: 1, per_page: 100, total: 0, total_pages: 1 } });
  };
  const { code } = await runCli(["records", "get", "old.Config.myapp.v1"], { env });
  expect(code).toBe(1);
  const [query] = asked.map((url) => Object.fromEntries(new URL(url, api.url).searchParams));
  expect([asked.length, query]).toEqual([1, expect.objectContaining({ namespace: "myapp", resource: "config" })]);
});

describe("rescdn api", () => {
  it.each([
    ["two slashes", "//"],
    ["a slash and a backslash", "/\\"],
  ])("shows the key to no host that a path of %s names", async (_, begin) => {
    const seen: unknown[] = [];
    const other = await listen(
      createServer(({ headers }, response) => {
        seen.push(headers["x-rescdn-key"]);
        response.end();
      }),
    );
    const path = `${begin}${new URL(other.url).host}/v1/zones`;
    const { code, stderr } = await runCli(["api", "GET", path], { env });
    await other.close();
    expect([seen, code, stderr]).toEqual([[], 2, expect.stringContaining("is not a path of the API")]);
  });
});

describe("the output", () => {
  it("of an error is JSON where that is asked for, with what the API said of each field", async () => {
    const details = [{ field: "name", message: "is taken" }];
    answer = (_, response) =>
      json(
        response,
        422,
        { error: "the request is not valid", code: "invalid_request", details },
        { "x-request-id": "req_1" },
      );
    const { code, stdout, stderr } = await runCli(["zones", "create", "a", "--origin", "https://o.example", "--json"], {
      env,
    });
    expect([code, stdout]).toEqual([1, ""]);
    expect(JSON.parse(stderr)).toEqual({
      error: "the request is not valid",
      code: "invalid_request",
      status: 422,
      request_id: "req_1",
      details,
    });
    const said = await runCli(["zones", "create", "a", "--origin", "https://o.example"], { env });
    expect(said.stderr).toContain("error: the request is not valid\n  name is taken\n");
  });

  it("has colours in a terminal, none where NO_COLOR is set, and lets nobody's text steer the terminal", async () => {
    answer = (_, response) =>
      json(response, 200, { zones: [{ ...zone("a"), origin: "https://o.example/\u001b[2J" }], next_cursor: null });
    const command = `${process.execPath} ${rescdn} zones ls`;
    // Node takes a machine of CI for one that shows no colours.
    expect((await inTerminal(command, "", { NO_COLOR: "", CI: undefined })).shown).toContain("\u001b[1m");
    const { shown } = await inTerminal(command, "", { NO_COLOR: "1" });
    expect(shown).toContain("https://o.example/\ufffd[2J");
    expect(shown).not.toContain("\u001b[");
    expect((await runCli(["zones", "ls"], { env })).stdout).not.toContain("\u001b");
  });

  it("may be left before its end", async () => {
    answer = (_, response) =>
      json(response, 200, {
        zones: Array.from({ length: 5_000 }, (_, index) => zone(`zone-${index}`)),
        next_cursor: null,
      });
    const list = startCli(["zones", "ls"], { env });
    list.stdout!.once("data", () => list.stdout!.destroy());
    expect(await list.ended).toMatchObject({ code: 0, stderr: "" });
  });

  it("of tail is a line for each request, as it comes, and it ends where the API says so", async () => {
    const event = {
      time: "2026-11-28T12:00:00.000Z",
      location: "FRA",
      method: "GET",
      path: "/a\u001b[2J",
      query: "?v=1",
      status: 404,
      bytes: 1_204,
      ms: 12,
      cache: "MISS",
      detail: "uri-miss",
    };
    const streams: ServerResponse[] = [];
    answer = (_, response) => {
      streams.push(response.writeHead(200, { "content-type": "text/event-stream" }));
      response.write(`event: open\ndata: {}\n\nevent: request\ndata: ${JSON.stringify(event)}\n\n: still here\n\n`);
    };
    const tail = startCli(["tail", "shop", "--status", "4xx"], { env });
    const [line] = await said(tail, "stdout", /.*\n/);
    expect(line).toBe("12:00:00.000 FRA 404 MISS           12 ms   1.2 kB  GET /a\ufffd[2J?v=1 (uri-miss)\n");
    streams[0]!.end('event: end\ndata: {"reason":"not-allowed-any-more"}\n\n');
    expect(await tail.ended).toMatchObject({
      code: 1,
      stderr: "error: the tail has ended: your key is no longer valid\n",
    });
  });
});

describe("what a person is asked", () => {
  it("is asked before something is destroyed, and not done without a yes", async () => {
    const deleted: string[] = [];
    answer = ({ method, url = "" }, response) => {
      if (method === "DELETE") deleted.push(url);
      if (method === "DELETE") response.writeHead(204).end();
      else json(response, 200, zone("shop"));
    };
    const command = `${process.execPath} ${rescdn} zones rm shop`;
    const no = await inTerminal(command, "n\n");
    expect([no.code, deleted]).toEqual([1, []]);
    expect(no.shown).toContain("Delete the zone shop?");
    expect([(await inTerminal(command, "y\n")).code, deleted]).toEqual([0, ["/v1/zones/zone_shop"]]);
  });

  it("does not show a key while it is typed", async () => {
    answer = (_, response) => json(response, 200, { account: { name: "Acme", plan: "pro" }, key: null, limits: {} });
    const { code, shown } = await inTerminal(`${process.execPath} ${rescdn} login --key`, "rk_live_secret\n", {
      XDG_CONFIG_HOME: join(folder, "typed"),
    });
    expect([code, shown.includes("as Acme") || shown.includes("Acme")]).toEqual([0, true]);
    expect(shown).not.toContain("secret");
  });
});

describe("how it is called", () => {
  it.each([
    [["zones", "shw"], "unknown command 'shw'\n(Did you mean show?)\nhint: rescdn zones --help says more"],
    [
      ["zones", "create", "a"],
      "required option '--origin <url>' not specified\nhint: rescdn zones create --help says more",
    ],
    [["purge", "shop"], "what should be purged of shop?"],
    [["purge", "ftp://x"], "what should be purged of ftp://x?"],
    [["zones", "set", "shop", "query"], '"query" is not a change'],
    [["keys", "create", "CI", "--expires", "soon"], '"soon" is not a time'],
    [["sign", "shop"], '"shop" is not a URL'],
    [["zones", "ls", "--api", "nowhere"], '"nowhere" is not the address of an API'],
    [["zones", "set", "shop", "robots_txt=@/none"], "cannot read /none: it does not exist"],
    [["api", "GET", "v1/zones"], '"v1/zones" is not a path of the API'],
    [["api", "GET", "/v1/zones", "--data", "{}"], "cannot have body"],
    [["api", "GET IT", "/v1/zones"], "this request is not valid"],
    [["api", "GET", "/v1/zones", "--header", "X-Name: Ğ"], '"X-Name: Ğ" is no header'],
    [["keys", "revoke", "key_1"], "add --yes to go on without being asked"],
  ])("%j is a mistake, which it says, and ends with 2", async (args, sentence) => {
    answer = (_, response) => json(response, 500, { error: "nobody was to call" });
    const { code, stdout, stderr } = await runCli(args, { env });
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(sentence);
  });
});
