import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cdn, startCdn } from "./cdn.ts";
import { get, type RawAnswer, RawClient } from "./raw-client.ts";
import { answer, RawOrigin } from "./raw-origin.ts";

let cdn: Cdn;
let origin: RawOrigin;
let host: string;

const text = "body { color: rebeccapurple }\n".repeat(200);
const digits = "0123456789";

beforeAll(async () => {
  [cdn, origin] = await Promise.all([startCdn(), RawOrigin.start()]);
  host = await cdn.zone(origin.url);
  origin.on("/digits.png", answer(digits, { ETag: '"digits"' }));
  origin.on("/next.png", answer("next"));
});

afterAll(async () => {
  await cdn.stop();
  await origin.close();
});

let paths = 0;

describe("HEAD", () => {
  it.each([
    ["an image", "png", digits, null],
    ["a text, to a client without codings", "css", text, null],
    ["a text, to a client with gzip", "css", text, "gzip"],
    ["a text, to a client with br", "css", text, "br"],
  ])("of %s that is stored says what GET says", async (_title, extension, body, acceptEncoding) => {
    const path = `/head-${++paths}.${extension}`;
    origin.on(path, answer(body, { ETag: '"1"' }));
    const headers: Record<string, string> = acceptEncoding === null ? {} : { "Accept-Encoding": acceptEncoding };
    await get(cdn.port, host, path, headers);
    const got = (await get(cdn.port, host, path, headers)) as RawAnswer;
    const asked = (await get(cdn.port, host, path, headers, "HEAD")) as RawAnswer;
    expect(asked.status).toBe(200);
    expect(asked.headers["content-length"]).toBe(String(got.body.byteLength));
    const ofGet = { ...got.headers, age: asked.headers.age, date: asked.headers.date };
    expect(asked.headers).toEqual({ ...ofGet, "cache-status": asked.headers["cache-status"] });
  });

  it("of something that is not stored is a HEAD at the origin, and stores nothing", async () => {
    origin.on("/cold.png", answer(digits));
    const asked = (await get(cdn.port, host, "/cold.png", {}, "HEAD")) as RawAnswer;
    expect(asked).toMatchObject({ status: 200, headers: { "content-length": "10", "x-cache": "BYPASS" } });
    expect(await get(cdn.port, host, "/cold.png")).toMatchObject({
      headers: { "x-cache": "MISS" },
      body: Buffer.from(digits),
    });
    expect(origin.requests("/cold.png").map(({ method }) => method)).toEqual(["HEAD", "GET"]);
  });
});

/** Requests whose answers have a body of their own kind, or none. */
const ODD: [
  title: string,
  method: string,
  target: string,
  headers: Record<string, string>,
  status: number,
  body: string,
][] = [
  ["a HEAD", "HEAD", "/digits.png", {}, 200, ""],
  ["a 304", "GET", "/digits.png", { "If-None-Match": '"digits"' }, 304, ""],
  ["a 304 to a HEAD", "HEAD", "/digits.png", { "If-None-Match": '"digits"' }, 304, ""],
  ["a range", "GET", "/digits.png", { Range: "bytes=2-5" }, 206, "2345"],
  ["a range from the end", "GET", "/digits.png", { Range: "bytes=-3" }, 206, "789"],
  ["a range to a HEAD", "HEAD", "/digits.png", { Range: "bytes=2-5" }, 200, ""],
  ["a 416", "GET", "/digits.png", { Range: "bytes=10-" }, 416, ""],
  ["a 412", "GET", "/digits.png", { "If-Match": '"other"' }, 412, "code"],
  ["a 404", "GET", "/missing.png", {}, 404, "not in the script"],
  ["a 405", "DELETE", "/digits.png", {}, 405, "code"],
  [
    "a preflight",
    "OPTIONS",
    "/digits.png",
    { Origin: "https://www.example.com", "Access-Control-Request-Method": "GET" },
    204,
    "",
  ],
  ["a 504 to only-if-cached", "GET", "/digits.png?never", { "Cache-Control": "only-if-cached" }, 504, "code"],
];

it.each(ODD)("a connection is in step after %s", async (_title, method, target, headers, status, body) => {
  await get(cdn.port, host, "/digits.png");
  const client = await RawClient.open(cdn.port);
  for (let turn = 0; turn < 2; turn++) {
    const odd = (await client.ask(host, target, headers, method).receive(method)) as RawAnswer;
    expect(odd).toMatchObject({ end: "whole", status });
    expect(String(odd.body)).toContain(body);
    if (body === "") expect(odd.body.byteLength).toBe(0);
    const next = await client.ask(host, "/next.png").receive();
    expect(next).toMatchObject({ end: "whole", status: 200, body: Buffer.from("next") });
  }
  client.leave();
});

it("answers to pipelined requests come in their order", async () => {
  await get(cdn.port, host, "/digits.png");
  const client = await RawClient.open(cdn.port);
  for (const [, method, target, headers] of ODD) client.ask(host, target, headers, method);
  for (const [title, method, , , status] of ODD) {
    expect(await client.receive(method), title).toMatchObject({ end: "whole", status });
  }
  client.leave();
});

it("a 206 says where its bytes belong", async () => {
  await get(cdn.port, host, "/digits.png");
  const got = await get(cdn.port, host, "/digits.png", { Range: "bytes=2-5" });
  expect(got).toMatchObject({ headers: { "content-range": "bytes 2-5/10", "content-length": "4", etag: '"digits"' } });
});

it("a 304 keeps its validator and loses what describes a body", async () => {
  await get(cdn.port, host, "/digits.png");
  const got = (await get(cdn.port, host, "/digits.png", { "If-None-Match": '"digits"' })) as RawAnswer;
  expect(got.headers.etag).toBe('"digits"');
  expect(Object.keys(got.headers).filter((name) => name.startsWith("content-"))).toEqual([]);
});

describe("a cache in front of the origin", () => {
  it("is not passed over at each miss of the edge", async () => {
    const forwarding = await cdn.zone(origin.url, { forward: { headers: ["cache-control"] }, methods: "all" });
    const said = async (zone: string, method: string, headers: Record<string, string> = {}) => {
      const path = `/fronted-${++paths}.css`;
      origin.on(path, answer("x"));
      await get(cdn.port, zone, path, headers, method);
      return origin.requests(path).map((request) => request.headers["cache-control"]);
    };
    for (const method of ["GET", "HEAD"]) expect(await said(host, method)).toEqual(["min-fresh=0"]);
    expect(await said(host, "GET", { "Cache-Control": "no-cache" })).toEqual(["min-fresh=0"]);
    expect(await said(forwarding, "DELETE")).toEqual(["min-fresh=0"]);
    expect(await said(forwarding, "GET", { "Cache-Control": "max-age=5" })).toEqual(["max-age=5"]);
  });
});

describe("what each request to an origin says of the edge", () => {
  const own = { accept: "*/*", "x-forwarded-proto": "https", via: "1.1 rescdn", "user-agent": "ResCDN" };
  const CLIENT = {
    Accept: "text/html",
    "X-Forwarded-For": "203.0.113.9",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "http",
    "User-Agent": "Client",
  };

  it.each([
    ["over the platform's connections", {}],
    ["over one of its own", { origin_host: "shop.example" }],
  ] as const)("%s is the same for each client", async (_, settings) => {
    const zone = await cdn.zone(origin.url, settings);
    const path = `/own-${++paths}.png`;
    origin.on(path, answer("x", { "Cache-Control": "no-store" }));
    for (const headers of [{}, CLIENT]) await get(cdn.port, zone, path, headers);
    for (const { headers } of origin.requests(path)) {
      // Of a zone, the public host: that on the first edge domain.
      expect(headers).toMatchObject({ ...own, "x-forwarded-host": zone.replace(/localhost$/, "io") });
      expect(headers).not.toHaveProperty("x-forwarded-for");
    }
  });

  it.each([
    ["over the platform's connections", {}],
    ["over one of its own", { origin_host: "shop.example" }],
  ] as const)("%s is the address of the client where the zone forwards it", async (_, settings) => {
    const zone = await cdn.zone(origin.url, { ...settings, forward: { client_ip: true } });
    const path = `/own-${++paths}.png`;
    origin.on(path, answer("x"));
    await get(cdn.port, zone, path, { ...CLIENT, "CF-Connecting-IP": "203.0.113.9" });
    expect(origin.requests(path)[0]!.headers["x-forwarded-for"]).toBe("127.0.0.1");
  });
});
