import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { signUrl } from "../../src/signed-urls/sign-url.ts";
import { ASSETS, type Asset, BENCH_HOST } from "./assets.ts";
import { headerPairs } from "./check.ts";
import type { Server } from "./contender.ts";
import { loadHeads } from "./head-load.ts";
import { measure, type Round } from "./measure.ts";
import type { Options } from "./options.ts";
import { MISSING, type Origin, startOrigin } from "./origin.ts";
import { type Answer, request } from "./request.ts";
import { createZone, startServe } from "./serve.ts";
import { timesAsMuch } from "./summary.ts";
import { startWorker, workerSource } from "./worker-process.ts";
import { load, SATURATION } from "./wrk.ts";

/** A kind of memory hit. */
interface Kind {
  name: string;
  status: number;
  method?: "HEAD";
  headers?: (asset: Asset) => Record<string, string>;
  host?: string;
  isMissing?: true;
  isSigned?: true;
}

const SITE = "https://www.example.com";
const LISTING_HOST = "listing.rescdn.localhost";
const ACCESS_HOST = "access.rescdn.localhost";
const SIGNED_HOST = "signed.rescdn.localhost";
const SIGNING_KEY = "the-signing-key-of-the-bench";
/** {@link SITE} is below one of these. */
const REFERERS = ["*.example.com", ...Array.from({ length: 19 }, (_, index) => `site-${index}.example.org`)];

const RULED_HOST = "ruled.rescdn.localhost";

/** Twenty rules, half of which look at the client; those at the end match. */
const RULES = [
  ...Array.from({ length: 10 }, (_, i) => ({ when: { path: `/old-${i}/*` }, do: { redirect: { to: "/new/$1" } } })),
  { when: { header: { "user-agent": "*BadBot*" } }, do: { deny: {} } },
  { when: { header: { "user-agent": ["*scraper*", "curl/*"] } }, do: { deny: {} } },
  { when: { header: { "x-beta": true } }, do: { request_headers: { "x-stage": "beta" } } },
  { when: { header: { cookie: "*session=*" } }, do: { cache: "bypass" } },
  { when: { header: { "x-debug": "1" } }, do: { response_headers: { "x-debug": "1" } } },
  { when: { country: ["RU", "KP"] }, do: { deny: { status: 451 } } },
  { when: { none: [{ method: ["GET", "HEAD"] }] }, do: { deny: {} } },
  { when: { scheme: "http", path: "/*" }, do: { response_headers: { "x-asked-by": "http" } } },
  { when: { host: "*.localhost" }, do: { browser_ttl: 60 } },
  { when: { query: { v: false } }, do: { edge_ttl: 86_400, response_headers: { "x-frame-options": "DENY" } } },
];
const KINDS: readonly Kind[] = [
  { name: "the whole", status: 200 },
  { name: "HEAD", status: 200, method: "HEAD" },
  { name: "304 by tag", status: 304, headers: ({ size }) => ({ "If-None-Match": `"${size}"` }) },
  { name: "304 by date", status: 304, headers: () => ({ "If-Modified-Since": "Thu, 01 Oct 2026 00:00:00 GMT" }) },
  { name: "one range, half of it", status: 206, headers: ({ size }) => ({ Range: `bytes=0-${size / 2 - 1}` }) },
  { name: "br", status: 200, headers: () => ({ "Accept-Encoding": "gzip, deflate, br" }) },
  { name: "gzip", status: 200, headers: () => ({ "Accept-Encoding": "gzip" }) },
  { name: "a page of a listed origin", status: 200, host: LISTING_HOST, headers: () => ({ Origin: SITE }) },
  {
    name: "20 rules and a referer list",
    status: 200,
    host: RULED_HOST,
    headers: () => ({ Referer: `${SITE}/page` }),
  },
  { name: "404", status: 404, isMissing: true },
  { name: "with a referer list", status: 200, host: ACCESS_HOST, headers: () => ({ Referer: `${SITE}/page` }) },
  { name: "a signed URL", status: 200, host: SIGNED_HOST, isSigned: true },
];

/** The measurements for one kind of hit on one asset, with a constant answer of the same status, headers and size. */
export interface KindResult {
  asset: string;
  kind: string;
  ours: Round[];
  constant: Round[];
}

/** Compares each kind of memory hit with workerd's constant answer, turn by turn. */
export async function measureKinds(options: Options, folder: string): Promise<KindResult[]> {
  const results: KindResult[] = [];
  for (const asset of ASSETS.filter(({ size }) => size < 1_048_576)) {
    const origin = await startOrigin();
    const own = join(folder, `kinds-${asset.size}`);
    mkdirSync(own);
    const before = await startServe(own);
    // So that no 404 expires during the measurement.
    await createZone(before.port, "bench", origin.url, { negative_ttl: 86_400 });
    await createZone(before.port, "listing", origin.url, { cors: [SITE] });
    await createZone(before.port, "access", origin.url, { access: { referers: { allow: REFERERS, none: "deny" } } });
    await createZone(before.port, "signed", origin.url, { signed_urls: "required" }, SIGNING_KEY);
    await createZone(before.port, "ruled", origin.url, { rules: RULES, access: { referers: { allow: REFERERS } } });
    await before.stop();
    const server = await startServe(own);
    try {
      for (const kind of KINDS.filter(({ name }) => name.includes(options.only)))
        results.push(await measureKind(kind, asset, server, origin, options, own));
    } finally {
      await server.stop();
      origin.stop();
    }
  }
  return results;
}

async function measureKind(
  kind: Kind,
  plain: Asset,
  server: Server,
  origin: Origin,
  { rounds, seconds }: Options,
  folder: string,
): Promise<KindResult> {
  const asset = { ...plain, path: pathOf(kind, plain) };
  const asked = { host: kind.host ?? BENCH_HOST, headers: kind.headers?.(asset) ?? {}, status: kind.status };
  const sample = await hot(server, asset, kind, asked);
  const headers = headerPairs(sample).filter(
    // workerd sets the length by the body, if there is one.
    ([name]) => !/^(transfer-encoding|content-length)$/i.test(name) || (kind.method === "HEAD" && /length/i.test(name)),
  );
  const vars = { STATUS: kind.status, SIZE: sample.body.byteLength, FORM: "bytes", HEADERS: headers };
  const own = join(folder, `constant-${KINDS.indexOf(kind)}`);
  mkdirSync(own);
  const constant = await startWorker({ script: workerSource("constant"), folder: own, vars });
  const loadFrom = kind.method === "HEAD" ? loadHeads : load;
  const turn = (name: string, at: Server, length: number) =>
    measure(
      name,
      at,
      { asset, origin },
      { pattern: { kind: "same" }, pace: SATURATION, seconds: length, asked },
      loadFrom,
    );
  const result: KindResult = { asset: asset.name, kind: kind.name, ours: [], constant: [] };
  try {
    for (const at of [server, constant]) await turn("warming", at, 1);
    for (let round = 1; round <= rounds; round++) {
      console.error(`${asset.name}: ${kind.name}, round ${round} of ${rounds}`);
      const takeOurs = async () => {
        const mine = await turn("ResCDN", server, seconds);
        if (mine.originRequests > 2)
          throw new Error(`${kind.name}: ${mine.originRequests} requests reached the origin`);
        result.ours.push(mine);
      };
      const takeConstant = async () => result.constant.push(await turn("constant", constant, seconds));
      // The machine differs between the first and the second turn, so they alternate.
      for (const take of round % 2 === 1 ? [takeOurs, takeConstant] : [takeConstant, takeOurs]) await take();
    }
  } finally {
    await constant.stop();
  }
  return result;
}

function pathOf({ isMissing, isSigned, host }: Kind, { path }: Asset): string {
  if (isMissing) return MISSING + path;
  if (!isSigned) return path;
  const origin = `http://${host}`;
  return signUrl(origin + path, { key: SIGNING_KEY, expires: Date.now() / 1000 + 86_400 }).slice(origin.length);
}

/** The answer once it comes from memory. */
async function hot(
  { port }: Server,
  asset: Asset,
  { name, method, status }: Kind,
  asked: { host: string; headers: Record<string, string> },
): Promise<Answer> {
  // A HEAD stores nothing.
  let answer = await request(port, asked.host, asset.path, { method: "GET", headers: asked.headers });
  for (let i = 0; i < 10; i++) {
    answer = await request(port, asked.host, asset.path, { method: method ?? "GET", headers: asked.headers });
  }
  if (answer.status !== status || answer.headers["x-cache"] !== "HIT") {
    throw new Error(`${name}: ${answer.status} ${answer.headers["x-cache"]}`);
  }
  return answer;
}

/** The rate of a kind, as a share of the constant answer's. */
export function shareOf({ ours, constant }: KindResult): number {
  return timesAsMuch("rate", ours, constant);
}
