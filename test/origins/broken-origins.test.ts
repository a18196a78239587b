import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cdn, startCdn } from "./cdn.ts";
import { get, type NoAnswer, type RawAnswer, RawClient, summaryOf } from "./raw-client.ts";
import { answer, type Behaviour, chunk, head, RawOrigin } from "./raw-origin.ts";

let cdn: Cdn;
let origin: RawOrigin;
/** A zone with all the patience that an origin may need which shares a busy machine. */
let host: string;
/** One with little: the waits for an origin that is silent are sat out. */
let hasty: string;
const maxStoredBytes = 4_000_000;

beforeAll(async () => {
  [cdn, origin] = await Promise.all([startCdn(), RawOrigin.start()]);
  const zone = (first_byte_ms: number, idle_ms: number) =>
    cdn.zone(origin.url, { timeouts: { first_byte_ms, idle_ms }, max_object_bytes: maxStoredBytes });
  host = await zone(30_000, 30_000);
  hasty = await zone(2_000, 1_000);
});

/** The zone for an origin that behaves as a title says. */
const zoneFor = (title: string) => (/silent|says nothing/.test(title) ? hasty : host);

afterAll(async () => {
  await cdn.stop();
  await origin.close();
});

let paths = 0;
/** A path that no other test asks for, of a type that is stored for a day. */
const newPath = () => `/${++paths}.png`;

const ask = (path: string, zone = host) => get(cdn.port, zone, path);

/** Repeats a request until its answer is no error of the edge. */
async function askUntilAnswered(zone: string, path: string): Promise<RawAnswer | NoAnswer> {
  for (const deadline = Date.now() + 6_000; ; ) {
    const got = await get(cdn.port, zone, path);
    const isError = got.end === "whole" && (got.status === 502 || got.status === 504);
    if (!isError || Date.now() > deadline) return got;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function isWhole(got: RawAnswer | NoAnswer, xCache: string, body: string | Buffer): void {
  // Sizes first: a difference of megabytes is not worth printing.
  expect(summaryOf(got)).toEqual({ end: "whole", status: 200, xCache, bytes: body.length });
  expect((got as RawAnswer).body.equals(Buffer.from(body)), "the body is the origin's").toBe(true);
}

/** The connection breaks, or an error is answered if nothing of the body has been passed on yet. */
function isCut(got: RawAnswer | NoAnswer): void {
  if (got.end === "whole") isRefused(got, 502, "origin-body-cut");
  else expect(got.end, "nothing that looks complete").toBe("broken");
}

function isRefused(got: RawAnswer | NoAnswer, status: number, code: string): void {
  expect(got).toMatchObject({
    end: "whole",
    status,
    framing: "content-length",
    headers: { "cache-control": "no-store", "cache-status": `ResCDN; detail=${code}` },
  });
  expect(JSON.parse(String((got as RawAnswer).body))).toMatchObject({ code });
}

const raw =
  (text: string): Behaviour =>
  (socket) =>
    socket.end(text);

/** No usable head of an answer. */
const HEADLESS: [title: string, behaviour: Behaviour, status: number, code: string][] = [
  ["resets before the head", (socket) => socket.resetAndDestroy(), 502, "origin-reset"],
  ["closes before the head", (socket) => socket.end(), 502, "origin-reset"],
  ["closes within the head", raw("HTTP/1.1 200 OK\r\nContent-Le"), 502, "origin-reset"],
  ["answers another protocol", raw("SSH-2.0-OpenSSH_9.2\r\n\r\n"), 502, "origin-reset"],
  ["answers HTTP/0.9", raw("<html>hello</html>"), 502, "origin-reset"],
  ["sends a head of 2 MB", answer("ok", { "X-Big": "a".repeat(2_000_000) }), 502, "origin-reset"],
  [
    "sends two lengths",
    raw("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 11\r\n\r\nhello world"),
    502,
    "origin-reset",
  ],
  ["sends a negative length", raw("HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello"), 502, "origin-reset"],
  [
    "sends a length beyond all numbers",
    raw(`HTTP/1.1 200 OK\r\nContent-Length: ${"9".repeat(30)}\r\n\r\nhello`),
    502,
    "origin-reset",
  ],
  ["folds a field", raw("HTTP/1.1 200 OK\r\nX: a\r\n Content-Length: 5\r\n\r\nhello"), 502, "origin-reset"],
  ["sends a null in a field", raw("HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 5\r\n\r\nhello"), 502, "origin-reset"],
  ["answers status 999", raw("HTTP/1.1 999 Odd\r\nContent-Length: 5\r\n\r\nhello"), 502, "origin-nonsense"],
  [
    "switches protocols unasked",
    raw("HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"),
    502,
    "origin-nonsense",
  ],
  ["says nothing", () => undefined, 504, "origin-timeout"],
];

describe("an origin without an answer", () => {
  it.concurrent.each(HEADLESS)(
    "that %s: the client gets a reason, and the next one the whole once it recovers",
    async (title, behaviour, status, code) => {
      const [path, zone] = [newPath(), zoneFor(title)];
      origin.on(path, behaviour);
      isRefused(await ask(path, zone), status, code);
      const asked = origin.requests(path).length;
      isRefused(await ask(path, zone), status, code);
      expect(origin.requests(path), "a failing origin is not asked again at once").toHaveLength(asked);
      origin.on(path, answer("whole"));
      isWhole(await askUntilAnswered(zone, path), "MISS", "whole");
      isWhole(await ask(path, zone), "HIT", "whole");
    },
  );

  it.concurrent("that refuses connections: the same", async () => {
    const gone = await RawOrigin.start();
    const zone = await cdn.zone(gone.url);
    await gone.close();
    isRefused(await get(cdn.port, zone, "/a.png"), 502, "origin-refused");
    const back = await RawOrigin.start(gone.port);
    back.on("/a.png", answer("whole"));
    isWhole(await askUntilAnswered(zone, "/a.png"), "MISS", "whole");
    await back.close();
  });

  it.concurrent.each([
    ...HEADLESS,
    ["answers 500", answer("oops", {}, 500), 500, ""] as const,
    ["answers 503", answer("oops", {}, 503), 503, ""] as const,
  ])("that %s: what is stored is served stale", async (title, behaviour) => {
    const [path, zone] = [newPath(), zoneFor(title)];
    origin.on(path, answer("whole", { ETag: '"1"', "Cache-Control": "max-age=0" }), behaviour);
    isWhole(await ask(path, zone), "MISS", "whole");
    const stale = await ask(path, zone);
    isWhole(stale, "STALE", "whole");
    expect((stale as RawAnswer).headers["cache-status"]).toContain("detail=stale-if-error");
  });

  it.concurrent.each([500, 502, 503, 504])("but %i: the client sees it, and it is not stored", async (status) => {
    const path = newPath();
    origin.on(path, answer("oops", { "Cache-Control": "max-age=0" }, status), answer("whole"));
    expect(await ask(path)).toMatchObject({ end: "whole", status, body: Buffer.from("oops") });
    isWhole(await ask(path), "MISS", "whole");
  });
});

/** Ways to break off after some bytes of a longer body. */
const BREAKS: [title: string, behaviour: (part: Buffer) => Behaviour][] = [
  ["resets within a promised length", (part) => afterHead({ "Content-Length": part.length + 9 }, part, "reset")],
  ["closes within a promised length", (part) => afterHead({ "Content-Length": part.length + 9 }, part, "close")],
  [
    "falls silent within a promised length",
    (part) => afterHead({ "Content-Length": part.length + 9 }, part, "silence"),
  ],
  ["resets between two chunks", (part) => afterHead(CHUNKED, chunk(part), "reset")],
  ["closes between two chunks", (part) => afterHead(CHUNKED, chunk(part), "close")],
  ["closes within a chunk", (part) => afterHead(CHUNKED, chunk(part).subarray(0, -9), "close")],
  ["falls silent between two chunks", (part) => afterHead(CHUNKED, chunk(part), "silence")],
  [
    "sends a chunk of no size",
    (part) => afterHead(CHUNKED, Buffer.concat([chunk(part), Buffer.from("zz\r\n")]), "close"),
  ],
  ["resets a body that only the connection's end delimits", (part) => afterHead({}, part, "reset")],
  [
    "promises 5 bytes and sends other chunks",
    (part) => afterHead({ "Content-Length": 5, ...CHUNKED }, chunk(part), "close"),
  ],
];

const CHUNKED = { "Transfer-Encoding": "chunked" };

function afterHead(
  headers: Record<string, string | number>,
  bytes: Buffer,
  then: "reset" | "close" | "silence",
): Behaviour {
  return (socket) => {
    socket.write(head({ "Content-Type": "image/png", ...headers }));
    socket.write(bytes, () => {
      if (then === "close") socket.end();
      // A reset overtakes what the receiver has not read yet.
      if (then === "reset") setTimeout(() => socket.resetAndDestroy(), 50);
    });
  };
}

const small = Buffer.alloc(5_000, "s");
const large = Buffer.alloc(1_500_000, "l");

describe.each([
  ["short", small],
  ["long", large],
])("an origin that breaks off a %s body", (_size, part) => {
  const whole = Buffer.concat([part, Buffer.from("the rest.")]);

  it.concurrent.each(BREAKS)(
    "and %s: the client gets nothing that looks complete, and the next request gets the whole",
    async (title, breakOff) => {
      const [path, zone] = [newPath(), zoneFor(title)];
      origin.on(path, breakOff(part), answer(whole));
      isCut(await ask(path, zone));
      isWhole(await ask(path, zone), "MISS", whole);
      isWhole(await ask(path, zone), "HIT", whole);
      expect(origin.requests(path)).toHaveLength(2);
    },
  );

  it.concurrent.each(BREAKS)("and %s: what was stored before stays whole", async (title, breakOff) => {
    const [path, zone] = [newPath(), zoneFor(title)];
    const stored = answer(whole, { ETag: '"1"', "Cache-Control": "max-age=0" });
    origin.on(path, stored, breakOff(part), (socket) => socket.resetAndDestroy());
    isWhole(await ask(path, zone), "MISS", whole);
    const broken = await ask(path, zone);
    if (broken.end === "whole") isWhole(broken, "STALE", whole);
    else isCut(broken);
    isWhole(await ask(path, zone), "STALE", whole);
  });
});

describe("an answer without a type, of whose body nothing comes", () => {
  it.concurrent.each<[string, Behaviour, number, string]>([
    ["falls silent", (socket) => socket.write(head({ "Content-Length": 5 })), 504, "origin-body-timeout"],
    [
      "sends a chunk of no size",
      raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
      502,
      "origin-body-cut",
    ],
  ])(
    "that %s, is none: the client gets a reason, or what was stored before",
    async (title, behaviour, status, code) => {
      const [path, zone] = [newPath(), zoneFor(title)];
      origin.on(path, behaviour);
      isRefused(await ask(path, zone), status, code);
      const stored = newPath();
      origin.on(stored, answer("whole", { ETag: '"1"', "Cache-Control": "max-age=0" }), behaviour);
      isWhole(await ask(stored, zone), "MISS", "whole");
      isWhole(await ask(stored, zone), "STALE", "whole");
    },
  );
});

it("a body that is not stored and falls silent ends when the zone's patience does", { timeout: 20_000 }, async () => {
  const path = newPath();
  origin.on(path, afterHead({ "Content-Length": 9_000, "Cache-Control": "no-store" }, small, "silence"));
  expect((await ask(path, hasty)).end).toBe("broken");
});

it.each([
  ["with the body", (socket, _request) => socket.write(`${head({ "Content-Length": 5 })}hello${surplus}`)],
  ["after an answer without a body", (socket, _request) => socket.write(`HTTP/1.1 204 No Content\r\n\r\n${surplus}`)],
] satisfies [string, Behaviour][])(
  "bytes beyond the promised length, %s, are no answer to anything",
  async (_title, behaviour) => {
    const path = newPath();
    origin.on(path, behaviour);
    expect((await ask(path)).end).toBe("whole");
    for (let next = 0; next < 5; next++) {
      const other = newPath();
      origin.on(other, answer("right"));
      isWhole(await ask(other), "MISS", "right");
    }
  },
);
const surplus = `${head({ "Content-Length": 5 })}wrong`;

it.each([Number.MAX_SAFE_INTEGER + 1, 9_223_372_036_854_775_807n])(
  "a promised length of %d bytes breaks off where the body does, and is not stored",
  async (length) => {
    const path = newPath();
    origin.on(path, raw(`HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\n\r\nhello`), answer("whole"));
    expect(await ask(path)).toMatchObject({ end: "broken", status: 200, body: Buffer.from("hello") });
    isWhole(await ask(path), "MISS", "whole");
  },
);

it("an interim answer is not the answer", async () => {
  const path = newPath();
  origin.on(path, (socket) => {
    socket.write("HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n");
    socket.write(`${head({ "Content-Length": 5 })}whole`);
  });
  isWhole(await ask(path), "MISS", "whole");
  isWhole(await ask(path), "HIT", "whole");
});

describe("a redirect", () => {
  it.each([301, 302, 303, 307, 308])("%i to a private address is the client's to follow", async (status) => {
    const secret = await RawOrigin.start();
    secret.on("/secret", answer("secret"));
    const path = newPath();
    // Another host than the origin's, which is an address: of that one, another port is the origin as well.
    const location = `http://localhost:${secret.port}/secret`;
    origin.on(path, answer("", { Location: location }, status));
    expect(await ask(path)).toMatchObject({ end: "whole", status, headers: { location } });
    expect(secret.requests("/secret")).toHaveLength(0);
    await secret.close();
  });

  it("to itself is asked for once", async () => {
    const path = newPath();
    origin.on(path, answer("", { Location: path }, 302));
    expect(await ask(path)).toMatchObject({ status: 302, headers: { location: path } });
    expect(origin.requests(path)).toHaveLength(1);
  });
});

describe("a body without an end", () => {
  // The zone itself has more patience than that.
  it("streams on beyond what may be stored, ends with its client, and is not stored", { timeout: 20_000 }, async () => {
    const path = newPath();
    const block = chunk(Buffer.alloc(65_536, "e"));
    const closed = Promise.withResolvers<void>();
    origin.on(path, (socket) => {
      const write = () => {
        while (!socket.destroyed && socket.write(block));
      };
      socket.on("drain", write).on("close", () => closed.resolve());
      socket.write(head(CHUNKED));
      write();
    });
    const client = await RawClient.open(cdn.port);
    client.ask(host, path);
    expect(await client.arrived(3 * maxStoredBytes)).toBeGreaterThanOrEqual(3 * maxStoredBytes);
    client.leave();
    await closed.promise;
    origin.on(path, answer("whole"));
    isWhole(await ask(path), "MISS", "whole");
  });
});

it("after all of this the process still answers, and has failed on nothing by itself", async () => {
  const path = newPath();
  origin.on(path, answer("whole"));
  isWhole(await ask(path), "MISS", "whole");
  expect(cdn.log()).not.toContain('"event":"uncaught"');
  expect(cdn.log()).not.toContain('"event":"store_failed"');
});
