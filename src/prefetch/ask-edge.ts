import { outcomeOf, type PrefetchResult } from "./job.ts";

/** Sends a request to an edge as a client would. */
export type AskEdge = (request: Request) => Promise<Response>;

/** The time limit for one thing, ms. */
const PATIENCE_MS = 60_000;
/** How much of a sitemap is read (bytes). */
const MOST_SITEMAP_BYTES = 5_242_880;
/**
 * How much of a `Cache-Status` is kept, which caches at the origin may have lengthened: a thousand results are stored as one
 * value (characters).
 */
const LONGEST_STATUS = 500;

/** A request for something of a zone, as most browsers send it. */
function requestFor(host: string, path: string): Request {
  const headers = { "accept-encoding": "gzip, br", "user-agent": "ResCDN-Prefetch" };
  return new Request(`https://${host}${path}`, {
    headers,
    redirect: "manual",
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
}

/** Makes each edge fetch one thing into its cache. The result is that of the last edge to fail, or else of the first. */
export async function bring(edges: readonly AskEdge[], host: string, path: string): Promise<PrefetchResult> {
  const results = await Promise.all(edges.map((ask) => bringTo(ask, host, path)));
  return results.find(({ outcome }) => outcome === "failed") ?? results[0]!;
}

async function bringTo(ask: AskEdge, host: string, path: string): Promise<PrefetchResult> {
  const begun = Date.now();
  let bytes = 0;
  try {
    const answer = await ask(requestFor(host, path));
    // A body that nobody reads is not stored.
    const count = new WritableStream<Uint8Array>({
      write(chunk) {
        bytes += chunk.byteLength;
      },
    });
    await answer.body?.pipeTo(count);
    const { status } = answer;
    const cacheStatus = answer.headers.get("cache-status")?.slice(0, LONGEST_STATUS) ?? null;
    return { path, outcome: outcomeOf(answer), status, cacheStatus, bytes, milliseconds: Date.now() - begun };
  } catch {
    // It took too long, or the connection broke.
    return { path, outcome: "failed", status: null, cacheStatus: null, bytes, milliseconds: Date.now() - begun };
  }
}

/** The text of a sitemap, by its path on the zone; or a sentence that says why it cannot be had. */
export async function sitemapText(
  ask: AskEdge,
  host: string,
  path: string,
): Promise<{ ok: true; text: string } | { ok: false; reason: string }> {
  const answer = await ask(requestFor(host, path)).catch(() => null);
  if (answer === null) return { ok: false, reason: `the sitemap ${path} did not arrive within a minute` };
  if (answer.status !== 200) {
    await answer.body?.cancel();
    return { ok: false, reason: `the sitemap ${path} was answered with status ${answer.status}` };
  }
  try {
    const bytes = await startOf(answer.body);
    // RFC 1952 §2.3.1: how a gzip file begins, whatever its name.
    const isGzip = bytes?.[0] === 0x1f && bytes[1] === 0x8b;
    const plain = isGzip
      ? await startOf(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip")))
      : bytes;
    if (plain === null) return { ok: false, reason: `the sitemap ${path} is larger than 5 MiB` };
    return { ok: true, text: new TextDecoder().decode(plain) };
  } catch {
    return { ok: false, reason: `the sitemap ${path} breaks off, or begins like gzip without being it` };
  }
}

/** All bytes of a body; null: there are too many. */
async function startOf(body: ReadableStream | null): Promise<Uint8Array<ArrayBuffer> | null> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for await (const piece of (body ?? new Blob([]).stream()) as unknown as AsyncIterable<Uint8Array<ArrayBuffer>>) {
    size += piece.byteLength;
    if (size > MOST_SITEMAP_BYTES) return null;
    pieces.push(piece);
  }
  return new Uint8Array(await new Blob(pieces).arrayBuffer());
}
