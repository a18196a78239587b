import { afterAll, beforeAll, expect, it } from "vitest";
import { Random } from "../model/random.ts";
import { type Cdn, startCdn } from "./cdn.ts";
import { type Asked, faultsOf, type Known } from "./forms/faults.ts";
import { type Resource, randomResource } from "./forms/resource.ts";
import { get } from "./raw-client.ts";
import { RawOrigin } from "./raw-origin.ts";

/** Requests in the gate; `FORMS` is another number, `FORMS_SEED` the first of other resources. */
const REQUESTS = Number(process.env.FORMS ?? 3_000);
const FIRST_SEED = Number(process.env.FORMS_SEED ?? 1);
const OF_ONE_RESOURCE = 10;

/** Resources that are asked for at the same time. */
const AT_ONCE = 4;

let cdn: Cdn;
let origin: RawOrigin;
let zones: string[];

beforeAll(async () => {
  [cdn, origin] = await Promise.all([startCdn(), RawOrigin.start()]);
  zones = await Promise.all(
    [{}, {}, { compression: false }, { origin_host: "shop.example.com" }, { methods: "all" }].map((settings) =>
      cdn.zone(origin.url, settings),
    ),
  );
});

afterAll(async () => {
  await cdn.stop();
  await origin.close();
});

const ACCEPTED = [null, "gzip", "br", "gzip, deflate, br, zstd", "identity", "*", "deflate"];
const RANGES = ["bytes=0-9", "bytes=0-", "bytes=5-20", "bytes=100-", "bytes=-7", "bytes=2000-2999", "bytes=99999-"];

function randomRequest(random: Random, known: Known, takesPost: boolean): Asked {
  const accepted = random.pick(ACCEPTED);
  const range = random.maybe(0.35, RANGES);
  const tags = [...known.tags];
  const tag = tags.length === 0 ? null : random.maybe(0.3, tags);
  const condition = range !== null && random.chance(0.4) ? "If-Range" : "If-None-Match";
  const method = random.chance(0.15) ? "HEAD" : takesPost && random.chance(0.1) ? "POST" : "GET";
  const fields = [
    ["accept-encoding", accepted],
    ["range", method === "POST" ? null : range],
    [condition.toLowerCase(), method === "POST" ? null : tag],
  ] as const;
  return { method, headers: Object.fromEntries(fields.filter(([, value]) => value !== null)) as Asked["headers"] };
}

/** Asks for one resource again and again. */
async function playResource(seed: number): Promise<{ faults: string[]; seen: string[] }> {
  const random = new Random(seed);
  const zone = random.pick(zones);
  const resource = randomResource(`/r${seed}`, random);
  const known: Known = { strong: new Map(), tags: new Set() };
  const story: string[] = [];
  const seen: string[] = [];
  origin.on(resource.path, resource.behaviour);
  for (let i = 0; i < OF_ONE_RESOURCE; i++) {
    const asked = randomRequest(random, known, zone === zones.at(-1));
    const got = await get(cdn.port, zone, resource.path, asked.headers, asked.method);
    const said =
      got.end === "no-answer" ? "" : `${got.status} ${JSON.stringify(got.headers)} ${got.body.byteLength} bytes`;
    story.push(`${asked.method} ${JSON.stringify(asked.headers)} -> ${said}`);
    if (got.end !== "no-answer") seen.push(`${got.status}`, got.headers["content-encoding"] ?? "no coding");
    const faults = [...faultsOf(got, asked, resource, known)];
    if (faults.length > 0) return { faults: [`seed ${seed}, ${shown(resource)}: ${faults}`, ...story], seen };
  }
  return { faults: [], seen };
}

function shown({ path, label, etag, parts, staysAsItCame, plain, sent }: Resource): string {
  return JSON.stringify({ path, label, etag, parts, staysAsItCame, plain: plain.byteLength, sent: sent.byteLength });
}

it("whatever an origin sends, a client can read what it gets by what that says, and each length, digest, tag and range is true", async () => {
  const found: string[] = [];
  const counts = new Map<string, number>();
  let next = FIRST_SEED;
  const end = FIRST_SEED + REQUESTS / OF_ONE_RESOURCE;
  const play = async () => {
    while (next < end && found.length < 100) {
      const { faults, seen } = await playResource(next++);
      found.push(...faults);
      for (const one of seen) counts.set(one, (counts.get(one) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, play));
  expect(found.join("\n")).toBe("");
  for (const one of ["200", "206", "304", "416", "gzip", "br", "no coding"]) {
    expect(counts.get(one) ?? 0, one).toBeGreaterThan(REQUESTS / 200);
  }
});
