import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Cdn, startCdn } from "./cdn.ts";
import { get, type NoAnswer, type RawAnswer, RawClient } from "./raw-client.ts";
import { answer, RawOrigin } from "./raw-origin.ts";

let cdn: Cdn;
let origin: RawOrigin;
/** Zones of one origin: one that only reads, one that passes everything. */
let reading: string;
let passing: string;

beforeAll(async () => {
  [cdn, origin] = await Promise.all([startCdn(), RawOrigin.start()]);
  reading = await cdn.zone(origin.url);
  passing = await cdn.zone(origin.url, { methods: "all", forward: { headers: "all" } });
  origin.on("/a.png", answer("right"));
  origin.on("/smuggled.png", answer("smuggled"));
});

afterAll(async () => {
  await cdn.stop();
  await origin.close();
});

afterEach(async () => {
  for (const host of [reading, passing]) {
    expect(await get(cdn.port, host, "/a.png"), "others still get theirs").toMatchObject({
      end: "whole",
      status: 200,
      body: Buffer.from("right"),
    });
  }
});

/** Sends bytes and reads all answers that come back before the connection ends; sends a last request of its own. */
async function answersTo(bytes: string): Promise<(RawAnswer | NoAnswer)[]> {
  const client = await RawClient.open(cdn.port);
  client.send(bytes);
  client.socket.end();
  const answers: (RawAnswer | NoAnswer)[] = [];
  for (;;) {
    const got = await client.receive();
    if (got.end === "no-answer") break;
    answers.push(got);
  }
  client.leave();
  return answers;
}

const statuses = (answers: (RawAnswer | NoAnswer)[]) =>
  answers.map((got) => (got.end === "no-answer" ? null : got.status));

const smuggled = (host: string) => `GET /smuggled.png HTTP/1.1\r\nHost: ${host}\r\n\r\n`;

/** Framing that two servers may understand differently; `%` stands for the request that one of them could see. */
const AMBIGUOUS: [title: string, fields: string, body: string][] = [
  ["a length and chunks", "Content-Length: 5\r\nTransfer-Encoding: chunked", "0\r\n\r\n%"],
  ["chunks and a length", "Transfer-Encoding: chunked\r\nContent-Length: 5", "0\r\n\r\n%"],
  ["an unknown transfer coding", "Transfer-Encoding: xchunked", "0\r\n\r\n%"],
  ["chunks that are not the last coding", "Transfer-Encoding: chunked, identity", "0\r\n\r\n%"],
  ["two transfer codings", "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", "0\r\n\r\n%"],
  ["a space before the colon", "Transfer-Encoding : chunked", "0\r\n\r\n%"],
  ["a vertical tab before the coding", "Transfer-Encoding:\x0bchunked", "0\r\n\r\n%"],
  ["two lengths", "Content-Length: 0\r\nContent-Length: 5", "%"],
  ["a list of lengths", "Content-Length: 0, 5", "%"],
  ["a length with a sign", "Content-Length: +5", "hello%"],
  ["a hexadecimal length", "Content-Length: 0x5", "hello%"],
  ["a negative length", "Content-Length: -1", "%"],
  ["a length with a space", "Content-Length: 5 5", "hello%"],
  ["a length beyond 64 bits", "Content-Length: 18446744073709551621", "hello%"],
  ["a folded field", "X-A: a\r\n Content-Length: 5", "%"],
  ["a folded coding", "Transfer-Encoding:\r\n chunked", "0\r\n\r\n%"],
  ["a bare CR in a field", "X-A: a\rContent-Length: 5", "%"],
  ["a null in a field", "X-A: a\0b", "%"],
  ["a field without a name", ": a", "%"],
  ["a field without a colon", "X-A", "%"],
];

describe.each(["GET", "POST"])("a %s with ambiguous framing", (method) => {
  it.each(AMBIGUOUS)(
    "%s: is refused or read as RFC 9112 says, and what follows is no second request",
    async (_title, fields, body) => {
      for (const host of [reading, passing]) {
        const before = origin.requests("/smuggled.png").length;
        const answers = await answersTo(
          `${method} /a.png HTTP/1.1\r\nHost: ${host}\r\n${fields}\r\n\r\n${body.replace("%", smuggled(host))}`,
        );
        expect(answers.length, JSON.stringify(statuses(answers))).toBeLessThanOrEqual(1);
        expect(origin.requests("/smuggled.png")).toHaveLength(before);
      }
    },
  );
});

it.each([
  ["no number", "zz\r\nhello\r\n0\r\n\r\n"],
  ["a negative number", "-1\r\nhello\r\n0\r\n\r\n"],
  ["a prefix", "0x5\r\nhello\r\n0\r\n\r\n"],
  ["more than 64 bits", `1${"0".repeat(20)}\r\nhello\r\n0\r\n\r\n`],
  ["less than what follows", "3\r\nhello\r\n0\r\n\r\n"],
  ["no line end", "5\r\nhelloXX0\r\n\r\n"],
])("a chunk size that is %s is not read as anything", async (_title, body) => {
  for (const host of [reading, passing]) {
    const before = origin.requests("/smuggled.png").length;
    const answers = await answersTo(
      `POST /a.png HTTP/1.1\r\nHost: ${host}\r\nTransfer-Encoding: chunked\r\n\r\n${body}${smuggled(host)}`,
    );
    expect(answers.length, JSON.stringify(statuses(answers))).toBeLessThanOrEqual(1);
    for (const status of statuses(answers)) expect(status).toBeGreaterThanOrEqual(400);
    expect(origin.requests("/smuggled.png")).toHaveLength(before);
  }
});

it("a body is never read as a request", async () => {
  for (const host of [reading, passing]) {
    const before = origin.requests("/smuggled.png").length;
    const body = smuggled(host);
    for (const method of ["GET", "POST", "DELETE"]) {
      const next = `GET /a.png HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
      const answers = await answersTo(
        `${method} /a.png HTTP/1.1\r\nHost: ${host}\r\nContent-Length: ${body.length}\r\n\r\n${body}${next}`,
      );
      expect(answers).toHaveLength(2);
      expect(answers[1]).toMatchObject({ status: 200, body: Buffer.from("right") });
    }
    expect(origin.requests("/smuggled.png")).toHaveLength(before);
  }
});

it("lines that end in a bare LF are one request each, never a part of another", async () => {
  const answers = await answersTo(
    `GET /a.png HTTP/1.1\nHost: ${reading}\n\nGET /a.png HTTP/1.1\r\nHost: ${reading}\r\n\r\n`,
  );
  for (const got of answers) expect([200, 400]).toContain((got as RawAnswer).status);
  expect(answers.length).toBeLessThanOrEqual(2);
});

it("CONNECT opens no tunnel: workerd refuses it below the Worker and ends the connection", async () => {
  const { host } = new URL(origin.url);
  for (const target of [host, "/a.png", `http://${reading}/a.png`]) {
    const before = origin.requests("/smuggled.png").length;
    const answers = await answersTo(`CONNECT ${target} HTTP/1.1\r\nHost: ${host}\r\n\r\n${smuggled(reading)}`);
    expect(statuses(answers)).toEqual([500]);
    expect(origin.requests("/smuggled.png")).toHaveLength(before);
  }
});

describe("a request target", () => {
  const requestFor = (target: string, host: string) => `GET ${target} HTTP/1.1\r\nHost: ${host}\r\n\r\n`;

  it("in absolute form is served for the zone that Host names, as every other", async () => {
    // RFC 9112 §3.2.2 lets the target's host win; with one or the other, the answer is stored for its own zone only.
    for (const target of [`http://${reading}/a.png`, `HTTP://${reading}/a.png`]) {
      expect(await answersTo(requestFor(target, reading))).toMatchObject([{ status: 200, body: Buffer.from("right") }]);
    }
  });

  it("in absolute form cannot name another zone's object under this zone's host", async () => {
    const other = await RawOrigin.start();
    other.on("/mine.png", answer("the other zone's"));
    origin.on("/mine.png", answer("this zone's"));
    const otherZone = await cdn.zone(other.url);
    const [first] = await answersTo(requestFor(`http://${otherZone}/mine.png`, reading));
    expect([200, 400, 404]).toContain((first as RawAnswer).status);
    expect(String(((await get(cdn.port, reading, "/mine.png")) as RawAnswer).body)).toBe("this zone's");
    expect(String(((await get(cdn.port, otherZone, "/mine.png")) as RawAnswer).body)).toBe("the other zone's");
    await other.close();
  });

  it.each([
    ["a tab", "/a\t.png"],
    ["a null", "/a\0.png"],
    ["a space", "/a .png"],
    ["a backslash in front", "\\a.png"],
  ])("with %s is refused", async (_title, target) => {
    expect(statuses(await answersTo(requestFor(target, reading)))).toEqual([400]);
  });

  it.each(["*", "a.png", "//evil.example/a.png", "/../../a.png", "/%00.png"])(
    "like %s reaches no other host",
    async (target) => {
      const [got] = await answersTo(requestFor(target, reading));
      expect([200, 400, 404]).toContain((got as RawAnswer).status);
    },
  );
});

describe("a Host", () => {
  let paths = 0;
  const answerFor = async (path: string, hostLines: string) =>
    (await answersTo(`GET ${path} HTTP/1.1\r\n${hostLines}\r\n`))[0] as RawAnswer;

  it.each([
    ["in capitals", (zone: string) => zone.toUpperCase()],
    ["with a trailing dot", (zone: string) => `${zone}.`],
    ["with a port", (zone: string) => `${zone}:1234`],
    ["with a dot and a port", (zone: string) => `${zone}.:80`],
    ["with spaces around it", (zone: string) => `  ${zone}  `],
  ])("%s is the zone's", async (_title, spell) => {
    expect(await answerFor("/a.png", `Host: ${spell(reading)}\r\n`)).toMatchObject({
      status: 200,
      body: Buffer.from("right"),
    });
  });

  it.each([
    ["missing", () => ""],
    ["empty", () => "Host: \r\n"],
    ["given twice", (zone: string) => `Host: ${zone}\r\nHost: ${zone}\r\n`],
    ["given twice, the other first", (zone: string) => `Host: evil.example\r\nHost: ${zone}\r\n`],
    ["given twice, the other last", (zone: string) => `Host: ${zone}\r\nHost: evil.example\r\n`],
    ["as user information of another", (zone: string) => `Host: ${zone}@evil.example\r\n`],
    ["with a port of letters", (zone: string) => `Host: ${zone}:abc\r\n`],
    ["with a port beyond 65535", (zone: string) => `Host: ${zone}:99999\r\n`],
    ["with a space within", (zone: string) => `Host: ${zone} evil\r\n`],
    ["with two dots at the end", (zone: string) => `Host: ${zone}..\r\n`],
    ["below a zone", (zone: string) => `Host: x.${zone}\r\n`],
    ["that is a list", (zone: string) => `Host: ${zone},${zone}\r\n`],
    ["of no zone", () => "Host: nobody.rescdn.localhost\r\n"],
    ["named like a property", () => "Host: __proto__.rescdn.localhost\r\n"],
    ["of no domain of ours", () => "Host: evil.example\r\n"],
  ])("%s is an error, and no origin is asked", async (_title, lines) => {
    const path = `/host-${++paths}.png`;
    origin.on(path, answer("never to be seen"));
    const got = await answerFor(path, lines(reading));
    // workerd itself answers 500 to a Host that makes no URL, before any Worker is asked.
    expect([400, 404, 500]).toContain(got.status);
    expect(origin.requests(path)).toHaveLength(0);
  });

  it.each([
    ["with user information", (zone: string) => `Host: user@${zone}\r\n`],
    ["with a path", (zone: string) => `Host: ${zone}/x\r\n`],
    ["with a query", (zone: string) => `Host: ${zone}?x\r\n`],
    ["with a fragment", (zone: string) => `Host: ${zone}#x\r\n`],
    ["with a backslash", (zone: string) => `Host: ${zone}\\x\r\n`],
  ])("%s spoils no other request's answer", async (_title, lines) => {
    const path = `/host-${++paths}.png`;
    origin.on(path, (socket, request) => answer(request.target)(socket, request));
    expect([200, 400, 404]).toContain((await answerFor(path, lines(reading))).status);
    expect(await get(cdn.port, reading, path)).toMatchObject({ status: 200, body: Buffer.from(path) });
  });
});
