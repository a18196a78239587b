import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { request } from "../server/request.ts";
import { type Cdn, startCdn } from "./cdn.ts";
import { get, type RawAnswer } from "./raw-client.ts";
import { answer, RawOrigin } from "./raw-origin.ts";
import { S3Server } from "./s3-server.ts";

let cdn: Cdn;
let bucket: S3Server;

beforeAll(async () => {
  [cdn, bucket] = await Promise.all([startCdn(), S3Server.start()]);
});

afterAll(async () => {
  await Promise.all([cdn.stop(), bucket.close()]);
});

const bucketZone = (more: Record<string, unknown> = {}, auth: object = bucket.auth) =>
  cdn.zone(bucket.url, { origin_auth: auth, ...more });
const text = (got: Awaited<ReturnType<typeof get>>) => String((got as RawAnswer).body);

describe("a private bucket", () => {
  it("gives its objects to a zone that signs, whole and in ranges, and validates them", async () => {
    const zone = await bucketZone({ ttl_mode: "override", ttl_by_extension: { txt: 60 } });
    bucket.put("site/a b+c.txt", "0123456789");
    const first = await get(cdn.port, zone, "/site/a%20b+c.txt");
    expect([first.end, (first as RawAnswer).status, text(first)]).toEqual(["whole", 200, "0123456789"]);
    const again = await get(cdn.port, zone, "/site/a%20b+c.txt");
    expect((again as RawAnswer).headers["x-cache"]).toBe("HIT");
    bucket.put("big.bin", "abcdefghij");
    const part = await get(cdn.port, zone, "/big.bin", { Range: "bytes=2-4" });
    expect([(part as RawAnswer).status, text(part)]).toEqual([206, "cde"]);
    const asked = bucket.requests.findLast(({ target }) => target.endsWith("/big.bin"))!;
    expect(asked.headers).toMatchObject({ range: "bytes=2-4" });
    expect(asked.headers.authorization).toContain("range;");
    const stale = await bucketZone({ ttl_mode: "override", ttl: { other: 0 }, ttl_by_extension: { txt: 0 } });
    await get(cdn.port, stale, "/site/a%20b%2Bc.txt");
    const validated = await get(cdn.port, stale, "/site/a%20b%2Bc.txt");
    expect([(validated as RawAnswer).headers["x-cache"], text(validated)]).toEqual(["REVALIDATED", "0123456789"]);
    expect(bucket.requests.at(-1)!.headers.authorization).toContain("if-none-match;");
  });

  it("is fetched right by 1,000 random keys with special characters", async () => {
    const zone = await bucketZone();
    const keys = Array.from({ length: 1_000 }, (_, seed) => randomKey(seed));
    for (const key of keys) bucket.put(key, `body of ${key}`);
    const wrong: unknown[] = [];
    const left = [...keys];
    const fetchOn = async () => {
      for (let key = left.pop(); key !== undefined; key = left.pop()) {
        const got = await get(cdn.port, zone, `/${key.split("/").map(encodeURIComponent).join("/")}`);
        if (text(got) !== `body of ${key}`) wrong.push([key, got.end, text(got)]);
      }
    };
    await Promise.all(Array.from({ length: 8 }, fetchOn));
    expect(wrong).toEqual([]);
  });

  it("never sees a client's Authorization, query or x-amz fields, and never lists what is in it", async () => {
    const zone = await bucketZone({ forward: { headers: "all" } });
    bucket.put("q.txt", "q");
    const before = bucket.requests.length;
    const tries = ["/", "//", "/?list-type=2", "/q.txt?acl", "/q.txt?versionId=1&X-Amz-Signature=1", "/%2F"];
    const hostile = { Authorization: "AWS4-HMAC-SHA256 client", "x-amz-acl": "public-read", "X-Amz-Copy-Source": "/x" };
    for (const target of tries) {
      const got = await get(cdn.port, zone, target, hostile);
      expect(text(got)).not.toContain("ListBucketResult");
    }
    const asked = bucket.requests.slice(before);
    expect(asked.length).toBeGreaterThan(0);
    for (const { target, headers } of asked) {
      expect(target).not.toContain("?");
      expect(headers.authorization).not.toContain("client");
      expect([headers["x-amz-acl"], headers["x-amz-copy-source"]]).toEqual([undefined, undefined]);
    }
  });

  it("says what it has not with our error and its code, and nothing of its own", async () => {
    const zone = await bucketZone();
    const missing = await get(cdn.port, zone, "/not/here.txt");
    expect((missing as RawAnswer).status).toBe(404);
    expect(JSON.parse(text(missing))).toMatchObject({ code: "origin-s3", origin_code: "NoSuchKey" });
    expect(text(missing)).not.toMatch(/internal|not\/here/);
    expect(JSON.stringify(missing)).not.toContain("x-amz");
  });

  it.each<[string, number, string, (auth: S3Server["auth"]) => object]>([
    ["a wrong secret", 502, "SignatureDoesNotMatch", (auth) => ({ ...auth, secret: "wrong" })],
    ["an unknown key", 502, "InvalidAccessKeyId", (auth) => ({ ...auth, access_key_id: "AKIANOBODY" })],
    ["a wrong region", 502, "AuthorizationHeaderMalformed", (auth) => ({ ...auth, region: "us-east-1" })],
  ])("refuses %s: the client is told the code, and nothing more", async (_what, status, code, change) => {
    const zone = await bucketZone({}, change(bucket.auth));
    const got = (await get(cdn.port, zone, `/${code}.txt`)) as RawAnswer;
    expect(got.status).toBe(status);
    expect(JSON.parse(text(got))).toMatchObject({ code: "origin-auth", origin_code: code });
    expect(text(got)).not.toMatch(/AKIA|internal|<|\/my-bucket/);
  });

  it("is asked by its own clock where the two differ by hours", async () => {
    const zone = await bucketZone();
    bucket.skew = 5 * 3_600_000;
    bucket.put("late.txt", "late");
    bucket.put("later.txt", "later");
    const before = bucket.requests.length;
    expect(text(await get(cdn.port, zone, "/late.txt"))).toBe("late");
    expect(bucket.requests.length - before).toBe(2);
    expect(text(await get(cdn.port, zone, "/later.txt"))).toBe("later");
    expect(bucket.requests.length - before).toBe(3);
    bucket.skew = 0;
    expect(text(await get(cdn.port, zone, "/site/a%20b+c.txt"))).toBe("0123456789");
  });

  it("is served stale while it asks to slow down", async () => {
    const zone = await bucketZone({ ttl_mode: "override", ttl: { other: 0 }, ttl_by_extension: { txt: 0 } });
    bucket.put("slow.txt", "slow");
    await get(cdn.port, zone, "/slow.txt");
    bucket.failsWith = { status: 503, code: "SlowDown" };
    const got = (await get(cdn.port, zone, "/slow.txt")) as RawAnswer;
    bucket.failsWith = null;
    expect([got.status, got.headers["x-cache"], text(got)]).toEqual([200, "STALE", "slow"]);
  });
});

describe("an origin that wants a password or a token", () => {
  it.each([
    [{ type: "basic", username: "stage", password: "pässword" }, `Basic ${btoa("stage:pÃ¤ssword")}`],
    [{ type: "bearer", token: "tok.en-1" }, "Bearer tok.en-1"],
  ])("gets %j, and never the client's own", async (auth, expected) => {
    const origin = await RawOrigin.start();
    const zone = await cdn.zone(origin.url, { origin_auth: auth, forward: { headers: "all" } });
    origin.on("/a.png", answer("a"));
    await get(cdn.port, zone, "/a.png", { Authorization: "Bearer client" });
    expect(origin.requests("/a.png").map(({ headers }) => headers.authorization)).toEqual([expected]);
    await origin.close();
  });
});

it("what is secret stands in no log, however requests fail", async () => {
  const zone = await bucketZone({}, { ...bucket.auth, secret: "planted-wrong-secret" });
  await get(cdn.port, zone, "/x.txt");
  await request(cdn.port, zone, "/y.txt");
  for (const secret of [bucket.secret, "planted-wrong-secret", "pässword", "tok.en-1"])
    expect(cdn.log()).not.toContain(secret);
});

const PIECES = [
  ..." !\"#$%&'()*+,:;<=>?@[\\]^`{|}~".split(""),
  ...["a", "Z", "0", "é", "日本", "😀", "-", "_", ".x", "%20", "%2F", "/", "//", "+", "%", "\u00a0", "ß", "\u0301"],
];

/** A key of pieces that encoders get wrong. No dot segments: no URL has them. */
function randomKey(seed: number): string {
  let state = seed * 2_654_435_761 + 1;
  const next = (below: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor(state / 65_536) % below;
  };
  const pieces = Array.from({ length: 1 + next(12) }, () => PIECES[next(PIECES.length)]!);
  return `k${seed}${pieces.join("")}`.replaceAll(/(^|\/)\.{1,2}(?=\/|$)/g, "$1x");
}
