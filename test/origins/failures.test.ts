import { createServer } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cdn, startCdn } from "./cdn.ts";
import { type Listening, listen } from "./listen.ts";
import { get, type RawAnswer } from "./raw-client.ts";
import { answer, type Behaviour, head, RawOrigin } from "./raw-origin.ts";

let cdn: Cdn;
let origin: RawOrigin;
const servers: Listening[] = [];

beforeAll(async () => {
  [cdn, origin] = await Promise.all([startCdn(), RawOrigin.start()]);
});

afterAll(async () => {
  await cdn.stop();
  await Promise.all([origin.close(), ...servers.map(({ close }) => close())]);
});

/** The platform's client, and our own. */
const CLIENTS = [
  ["fetch", {}],
  ["a socket", { origin_host: "shop.example.com" }],
] as const;

const timeouts = { first_byte_ms: 1_500, idle_ms: 300 };

/** A port at which something listens that is no origin, as an https URL. */
async function tlsAt(server: ReturnType<typeof createServer>): Promise<string> {
  const listening = await listen(
    server.on("tlsClientError", () => undefined),
    0,
  );
  servers.push(listening);
  return listening.url.replace("http:", "https:");
}

async function refusing(): Promise<string> {
  const gone = await RawOrigin.start();
  await gone.close();
  return gone.url;
}

const onData = (then: Behaviour) =>
  createServer((socket) => {
    socket.on("error", () => undefined).once("data", () => then(socket, { method: "", target: "", headers: {} }));
  });

describe.each(CLIENTS)("an origin that is asked by %s", (client, settings) => {
  it.concurrent.each<[string, () => Promise<string> | string, number, { fetch: string; "a socket": string }]>([
    ["has no name", () => "http://no-such-name.invalid", 502, { fetch: "dns", "a socket": "unreachable" }],
    ["has no name, over TLS", () => "https://no-such-name.invalid", 502, { fetch: "dns", "a socket": "unreachable" }],
    ["refuses connections", refusing, 502, { fetch: "refused", "a socket": "refused" }],
    [
      "refuses connections, over TLS",
      async () => (await refusing()).replace("http:", "https:"),
      502,
      { fetch: "refused", "a socket": "refused" },
    ],
    ["speaks no TLS", () => tlsAt(onData((socket) => socket.end("HTTP/1.1 400 No\r\n\r\n"))), 502, bothSay("tls")],
    ["resets within the handshake", () => tlsAt(onData((socket) => socket.resetAndDestroy())), 502, bothSay("tls")],
    ["ends within the handshake", () => tlsAt(onData((socket) => socket.end())), 502, bothSay("tls")],
    ["has no certificate", () => tlsAt(createTlsServer()), 502, bothSay("tls")],
    ["falls silent within the handshake", () => tlsAt(onData(() => undefined)), 504, bothSay("timeout")],
  ])("and %s: the client is told which failure it is", async (_title, url, status, words) => {
    const zone = await cdn.zone(await url(), { ...settings, ...(status === 504 && { timeouts }) });
    isRefused(await get(cdn.port, zone, "/a.png"), status, `origin-${words[client]}`);
  });

  it.concurrent.each<[string, Behaviour, number, { fetch: string; "a socket": string }]>([
    ["says nothing", () => undefined, 504, bothSay("timeout")],
    ["resets before the head", (socket) => socket.resetAndDestroy(), 502, bothSay("reset")],
    ["closes before the head", (socket) => socket.end(), 502, bothSay("reset")],
    ["closes within the head", raw("HTTP/1.1 200 OK\r\nContent-Le"), 502, bothSay("reset")],
    ["speaks another protocol", raw("SSH-2.0-OpenSSH_9.2\r\n\r\n"), 502, { fetch: "reset", "a socket": "nonsense" }],
    [
      "says two lengths",
      raw("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 11\r\n\r\nhello world"),
      502,
      { fetch: "reset", "a socket": "nonsense" },
    ],
    ["answers 999", raw("HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n"), 502, bothSay("nonsense")],
    [
      "switches protocols",
      raw("HTTP/1.1 101 S\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n"),
      502,
      bothSay("nonsense"),
    ],
    ["confirms what nobody has", raw("HTTP/1.1 304 Not Modified\r\n\r\n"), 502, bothSay("nonsense")],
    ["sends an unasked part", answer("a", { "Content-Range": "bytes 0-0/9" }, 206), 502, bothSay("nonsense")],
    ["refuses an unasked range", answer("a", { "Content-Range": "bytes */9" }, 416), 502, bothSay("nonsense")],
    ["is Cloudflare, and cannot connect", cloudflare(521), 502, bothSay("refused")],
    ["is Cloudflare, and times out", cloudflare(522), 504, bothSay("timeout")],
    ["is Cloudflare, and gets no TLS", cloudflare(525), 502, bothSay("tls-handshake")],
    ["is Cloudflare, and distrusts the certificate", cloudflare(526), 502, bothSay("certificate")],
    ["is Cloudflare, and finds no name", cloudflare(530, "error code: 1016"), 502, bothSay("dns")],
  ])("and %s: the client is told which failure it is", async (title, behaviour, status, words) => {
    const zone = await cdn.zone(origin.url, { ...settings, timeouts });
    const path = `/${client}-${title}.png`.replaceAll(/[^\w./]/g, "-");
    origin.on(path, behaviour);
    isRefused(await get(cdn.port, zone, path), status, `origin-${words[client]}`);
  });

  it.concurrent("and has its own idea of status 521: the client gets that", async () => {
    const zone = await cdn.zone(origin.url, settings);
    const path = `/${client}-521.png`.replace(" ", "-");
    origin.on(path, answer("own", { Server: "nginx" }, 521));
    expect(await get(cdn.port, zone, path)).toMatchObject({ status: 521, body: Buffer.from("own") });
  });
});

it("counts each failure by its word, those that no client has seen as well", async () => {
  const zone = await cdn.zone(origin.url, { timeouts });
  const fresh = { ETag: '"1"', "Cache-Control": "max-age=0" };
  origin.on("/stale.png", answer("whole", fresh), answer("not so often", {}, 429));
  origin.on("/silent.png", (socket) => socket.write(`${head({ "Content-Length": 9 })}half`));
  origin.on("/cut.png", (socket) => socket.end(`${head({ "Content-Length": 9 })}half`));
  origin.on("/999.png", raw("HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n"));
  origin.on("/503.png", answer("down", {}, 503));
  const ends = ["whole", "whole", "broken", "whole", "whole", "whole"];
  for (const path of ["/stale.png", "/stale.png", "/silent.png", "/cut.png", "/999.png", "/503.png"]) {
    expect((await get(cdn.port, zone, path)).end).toBe(ends.shift());
  }
  const counted = () => cdn.usage(zone).then(({ origin_errors }) => origin_errors);
  await expect
    .poll(counted, { timeout: 10_000 })
    .toEqual(
      ["429", "5xx", "body-cut", "body-timeout", "nonsense"].map((word) => ({ reason: `origin-${word}`, count: 1 })),
    );
  await expect.poll(() => cdn.log()).toMatch(/"origin_failed","origin":"[^"]*","reason":"origin-nonsense"/);
  await expect.poll(() => cdn.log()).toMatch(/"body_broken","key":"[^"]*\/silent.png","reason":"origin-body-timeout"/);
});

function isRefused(got: Awaited<ReturnType<typeof get>>, status: number, code: string): void {
  expect(got).toMatchObject({ end: "whole", status, headers: { "cache-status": `ResCDN; detail=${code}` } });
  expect(JSON.parse(String((got as RawAnswer).body))).toMatchObject({ code });
}

function bothSay(word: string) {
  return { fetch: word, "a socket": word };
}

function raw(text: string): Behaviour {
  return (socket) => socket.end(text);
}

function cloudflare(status: number, text = `error code: ${status}`): Behaviour {
  return answer(text, { Server: "cloudflare", "CF-RAY": "8f1" }, status);
}
