import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import { connect as connect2 } from "node:http2";
import { createServer as createSecureServer } from "node:https";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { examine } from "../../../src/server/doctor/examine.ts";
import type { Patient } from "../../../src/server/doctor/patient.ts";
import { projectRoot } from "../../../src/server/project.ts";
import { type Listening, listen } from "../../origins/listen.ts";
import { ADMIN_TOKEN } from "../new-account.ts";
import { request } from "../request.ts";
import { API, operated, selfSigned, ZONE } from "./operated.ts";

let world: Awaited<ReturnType<typeof operated>>;
beforeAll(async () => {
  world = await operated();
});
afterAll(() => world.close());

const isInstalled = (program: string) => spawnSync("which", [program]).status === 0;
const operator = { Authorization: `Bearer ${ADMIN_TOKEN}` };
const metrics = async (headers = {}) =>
  request(world.server.port, API, "/metrics", { headers: { ...operator, ...headers } });

/** The value of a sample, once `/metrics` has it. */
async function eventually(sample: string, value: number): Promise<void> {
  for (;;) {
    const { body } = await metrics();
    if (body.includes(`${sample} ${value}\n`)) return;
    await wait(50);
  }
}

describe("/metrics", () => {
  it("adds up what all processes have answered", async () => {
    const requests = Array.from({ length: 40 }, () => request(world.server.port, ZONE, "/a.css"));
    const words = (await Promise.all(requests)).map(({ headers }) => String(headers["x-cache"]).toLowerCase());
    const of = (word: string) => words.filter((one) => one === word).length;
    await request(world.server.port, ZONE, "/bad.css");
    for (const word of new Set(words))
      await eventually(`rescdn_requests_total{cache="${word}",status="2xx"}`, of(word));
    await eventually('rescdn_origin_failures_total{reason="origin-5xx"}', 1);
    const { body } = await metrics();
    const asked = [...body.matchAll(/^rescdn_origin_first_byte_seconds_count\{.*\} (\d+)$/gm)].map(([, count]) =>
      Number(count),
    );
    expect(asked.reduce((sum, count) => sum + count, 0)).toBe(world.clients.length);
    await eventually("rescdn_origin_requests_total", world.clients.length);
    expect(body).toContain('rescdn_edge_processes{state="answers"} 2');
    for (const process of ["command", "control", "edge-1", "edge-2"])
      expect(body).toMatch(new RegExp(`rescdn_process_resident_memory_bytes\\{process="${process}"\\} \\d{7,}`));
    expect(body.endsWith("# EOF\n")).toBe(true);
  });

  it("is for the operator alone, and is no zone's", async () => {
    expect((await request(world.server.port, API, "/metrics")).status).toBe(401);
    const wrong = { Authorization: `Bearer ${ADMIN_TOKEN}x` };
    expect((await request(world.server.port, API, "/metrics", { headers: wrong })).status).toBe(401);
  });

  it.runIf(isInstalled("promtool"))("is found right by promtool", async () => {
    const { body, headers } = await metrics({ Accept: "text/plain" });
    expect(headers["content-type"]).toContain("version=0.0.4");
    expect(execFileSync("promtool", ["check", "metrics"], { input: body, encoding: "utf8" })).toBe("");
  });
});

describe("npm run doctor", () => {
  const patient = (at: string, more: Partial<Patient> = {}): Patient => ({
    api: `http://${API}`,
    asset: `http://${ZONE}/a.css`,
    at,
    key: world.key,
    adminToken: ADMIN_TOKEN,
    purgeMs: 0,
    ...more,
  });
  const wrong = async (examined: Patient) =>
    (await examine(examined))
      .filter(({ state }) => state === "bad")
      .map(({ what, said, todo }) => `${what}: ${said} → ${todo}`);

  it("finds nothing wrong with a server that is well", async () => {
    const findings = await examine(patient(world.url, { purgeMs: 5_000 }));
    expect(findings.filter(({ state }) => state === "bad")).toEqual([]);
    const found = findings.filter(({ state }) => state === "ok").map(({ what }) => what);
    expect(found).toEqual(
      expect.arrayContaining(["API", "clock", "headers", "cache", "purge", "limits", "publishing", "meters"]),
    );
  });

  it("asks for what it was not given, and leaves that out", async () => {
    const findings = await examine(patient(world.url, { asset: null, key: null, adminToken: null }));
    expect(findings.filter(({ state }) => state === "not checked").map(({ what }) => what)).toEqual([
      "DNS",
      "clock",
      "asset",
      "limits",
      "bindings",
    ]);
  });

  /** In front of the server, something that breaks answers. */
  const broken: [name: string, mend: Break, said: RegExp][] = [
    [
      "a database without its migrations",
      ({ path }) => path === "/health" && [503, '{"reason":"the database needs the migrations up to 0099_x.sql"}'],
      /API: .*0099.* → npm run migrate/,
    ],
    [
      "a host that something else answers",
      ({ path }) => path === "/health" && [404, "nginx"],
      /API: .*404.* → this host is not answered by the API/,
    ],
    [
      "a proxy that drops the edge's fields",
      ({ headers }) => void delete headers["cache-status"],
      /headers: .*Cache-Status/,
    ],
    [
      "a proxy that drops some fields",
      ({ headers }) => void delete headers["x-content-type-options"],
      /headers: x-content-type-options missing/,
    ],
    [
      "an asset that is never stored",
      ({ headers }) => void Object.assign(headers, { "x-cache": "MISS" }),
      /cache: no hit/,
    ],
    [
      "a cache in front that no purge reaches",
      ({ headers }) => void Object.assign(headers, { "x-cache": "HIT" }),
      /purge: still a hit/,
    ],
    [
      "a clock that is an hour ahead",
      ({ path }) => path === "/metrics" && [200, `rescdn_clock_seconds ${Date.now() / 1_000 + 3_600}\n`],
      /clock: 3600 s/,
    ],
    [
      "a publisher that is stuck",
      ({ path }) => path === "/metrics" && [200, 'rescdn_publisher_lag_seconds{kind="zone"} 900\n'],
      /publishing: a zone .* 900 s/,
    ],
    [
      "meters that take nothing",
      ({ path }) => path === "/metrics" && [200, "rescdn_meter_lag_seconds 120\n"],
      /meters: .*120 s/,
    ],
    [
      "a process that is silent",
      ({ path }) => path === "/metrics" && [200, 'rescdn_edge_processes{state="silent"} 1\n'],
      /processes: 1 /,
    ],
    [
      "a deployment without a keyring",
      ({ path }) => path === "/metrics" && [200, 'rescdn_configured{what="keyring"} 0\n'],
      /bindings: .*secrets.*SECRETS_KEY/,
    ],
    [
      "a database that is nearly full",
      ({ path }) => path === "/metrics" && [200, "rescdn_database_size_bytes 9000000000\n"],
      /limits: the database has 9.0 of 10 GB/,
    ],
    [
      "an account at its quota",
      ({ path }) => path.startsWith("/v1/quota") && [200, '{"level":"reached"}'],
      /limits: .*used up/,
    ],
  ];
  it.each(broken)("says what to do about %s", async (_, change, said) => {
    const front = await breaking(change);
    expect((await wrong(patient(front.url))).join("\n")).toMatch(said);
    await front.close();
  });

  it("says what to do about keys and tokens that are not the server's", async () => {
    const found = await wrong(
      patient(world.url, { key: "rk_live_x", adminToken: "another-token-another-token-another" }),
    );
    expect(found.join("\n")).toMatch(
      /purge: .*401[\s\S]*limits: RESCDN_KEY is not a valid key[\s\S]*bindings: \/metrics answers 401/,
    );
  });

  it("says what to do about a server that does not listen, and a name that leads nowhere", async () => {
    const gone = await breaking(() => undefined);
    await gone.close();
    expect((await wrong(patient(gone.url))).join("\n")).toMatch(/API: .*nothing that listens/);
    const nowhere = { ...patient(world.url), api: "https://api.rescdn.invalid", asset: null, at: undefined };
    expect((await wrong(nowhere)).join("\n")).toMatch(
      /DNS: api.rescdn.invalid has no address.*AAAA api.rescdn.invalid 100::/,
    );
  });

  it("says what to do about a certificate that nobody trusts", async () => {
    const secure = await listen(createSecureServer(selfSigned(world.folder, 1), (_, response) => void response.end()));
    const found = await wrong(patient(secure.url.replace("http:", "https:"), { api: `https://${API}` }));
    expect(found.join("\n")).toMatch(/API: .*TLS/);
    await secure.close();
  });

  /** What becomes of an answer: other fields, or another answer. */
  type Break = (answer: {
    path: string;
    headers: NodeJS.Dict<string | string[]>;
  }) => [status: number, body: string] | false | undefined;

  function breaking(change: Break): Promise<Listening> {
    return listen(
      createServer((incoming: IncomingMessage, outgoing: ServerResponse) => {
        const { url = "/", method = "GET", headers } = incoming;
        httpRequest({ port: world.server.port, path: url, method, headers }, (answer) => {
          const instead = change({ path: url, headers: answer.headers });
          if (instead) {
            answer.resume();
            outgoing.writeHead(instead[0], { ratelimit: '"default";r=9;t=1' }).end(instead[1]);
          } else answer.pipe(outgoing.writeHead(answer.statusCode!, answer.headers));
        }).end();
      }),
    );
  }
});

describe("the examples of proxies", () => {
  /** Has an example listen on other ports, lead to the server of this test, and show a certificate of its own. */
  function example(file: string, ports: { http: number; https: number }): string {
    const { certFile, keyFile } = selfSigned(world.folder, 30);
    return readFileSync(join(projectRoot, "src/server/proxies", file), "utf8")
      .replaceAll("/etc/ssl/cdn-example.net/fullchain.pem", certFile)
      .replaceAll("/etc/ssl/cdn-example.net/privkey.pem", keyFile)
      .replaceAll("127.0.0.1:8787", `127.0.0.1:${world.server.port}`)
      .replaceAll(/listen 80;/g, `listen 127.0.0.1:${ports.http};`)
      .replaceAll(/listen 443 /g, `listen 127.0.0.1:${ports.https} `);
  }

  async function freePorts(): Promise<{ http: number; https: number }> {
    const [http, https] = await Promise.all([listen(createServer()), listen(createServer())]);
    await Promise.all([http.close(), https.close()]);
    return { http: http.port, https: https.port };
  }

  async function untilListening(port: number, program: ChildProcess): Promise<void> {
    while (program.exitCode === null) {
      const socket = connect(port, "127.0.0.1");
      const listens = await once(socket, "connect").then(
        () => true,
        () => false,
      );
      socket.destroy();
      if (listens) return;
      await wait(50);
    }
    throw new Error(`it ended with ${program.exitCode}`);
  }

  async function overHttp2(port: number, path: string, fields: Record<string, string>) {
    const session = connect2(`https://127.0.0.1:${port}`, { rejectUnauthorized: false, servername: ZONE });
    const stream = session.request({ ":authority": ZONE, ":path": path, ...fields });
    const [headers] = (await once(stream, "response")) as [Record<string, string>];
    stream.resume();
    await once(stream, "end");
    session.close();
    return headers;
  }

  async function holds({ http, https }: { http: number; https: number }, path: string): Promise<void> {
    const forged = { "cf-connecting-ip": "192.0.2.66", "x-forwarded-for": "192.0.2.66" };
    const first = await overHttp2(https, path, forged);
    expect(first).toMatchObject({ ":status": 200, "x-cache": "MISS", "content-type": "text/css" });
    expect(first["cache-status"]).toContain("ResCDN");
    expect(world.clients.at(-1)).toBe("127.0.0.1");
    const plain = await request(http, ZONE, path, { headers: forged });
    expect(plain.status).toBe(200);
    // A path is passed as it came, whatever it means to the proxy.
    expect((await overHttp2(https, `${path}/..%2f//x.css?a=%20b`, {}))[":status"]).toBe(200);
  }

  it.runIf(isInstalled("nginx"))("nginx: TLS, HTTP/2, and the client's own address", async () => {
    const ports = await freePorts();
    const prefix = join(world.folder, "nginx");
    mkdirSync(prefix);
    const main = join(prefix, "nginx.conf");
    const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
      (name) => `${name}_temp_path ${prefix}/${name};`,
    );
    const head = `daemon off; pid ${prefix}/pid; error_log ${prefix}/error.log; events {} http { access_log off; ${temporary.join(" ")}\n`;
    writeFileSync(main, `${head}${example("nginx.conf", ports)}}\n`);
    const nginx = spawn("nginx", ["-c", main, "-p", prefix], { stdio: "ignore" });
    await untilListening(ports.https, nginx);
    await holds(ports, "/nginx.css");
    nginx.kill();
    await once(nginx, "exit");
  });

  it.runIf(isInstalled("caddy"))("Caddy: TLS, HTTP/2, and the client's own address", async () => {
    const ports = await freePorts();
    const file = join(world.folder, "Caddyfile");
    const global = `admin off\n\thttp_port ${ports.http}\n\thttps_port ${ports.https}\n\tauto_https`;
    writeFileSync(file, example("Caddyfile", ports).replace("auto_https", global));
    const env = {
      PATH: process.env.PATH,
      HOME: world.folder,
      XDG_DATA_HOME: world.folder,
      XDG_CONFIG_HOME: world.folder,
    };
    const caddy = spawn("caddy", ["run", "--config", file, "--adapter", "caddyfile"], { stdio: "ignore", env });
    await untilListening(ports.https, caddy);
    await holds(ports, "/caddy.css");
    caddy.kill();
    await once(caddy, "exit");
  });
});
