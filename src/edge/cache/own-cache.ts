import { dropBody } from "../body/drop-body.ts";

/** What the store needs of a cache. */
export interface PlainCache {
  /** What is under a URL; null: nothing. */
  read(url: string): Promise<Cached | null>;
  /** Bytes `first` to `last` (inclusive, or to the body's end) of the body under a URL; null: there are none. */
  readPart(url: string, first: number, last: number): Promise<Cached | null>;
  /** @throws what the body throws. Then there may be nothing under the URL, or a body that breaks off */
  write(url: string, content: Content): Promise<void>;
  remove(url: string): Promise<void>;
}

/** Something in a cache. */
export interface Cached {
  /** What was written beside the body; null: nothing. */
  entry: string | null;
  /** Unread. */
  body: ReadableStream;
  /** The body's length, bytes; null: unknown. */
  size: number | null;
}

/** Something to be put into a cache. */
export interface Content {
  /** Printable ASCII; null: nothing. */
  entry: string | null;
  body: Blob | ReadableStream | null;
  /** Tags by which Cloudflare purges it; null: none. */
  tags: string | null;
}

/**
 * How long the cache keeps everything, seconds. It is long, since freshness is decided elsewhere, but a day less than purges
 * are remembered: see PURGE_LOG_SECONDS.
 */
export const STORED_FOR_SECONDS = 30 * 86_400;

/** Carries the entry beside the body. */
export const ENTRY_HEADER = "rescdn-entry";

/** The entry of a whole body that is stored apart. */
export const APART = "apart";

/** The same in older versions of this cache. */
export const APART_HEADER = "rescdn-apart";

/**
 * A named cache of our own, opened at its first use. It is never `caches.default`, because a plain `fetch` of the Worker reads
 * through that one, under the same URLs.
 */
export function ownCache(name: string): PlainCache {
  let opened: Cache | null = null;
  // Each request opens it until one has succeeded: a request must not wait for another request's promise.
  const open = async () => {
    opened ??= await caches.open(name);
    return opened;
  };
  return {
    async read(url) {
      const response = await (await open()).match(url);
      return response === undefined ? null : cachedAs(response);
    },

    async readPart(url, first, last) {
      const range = { range: `bytes=${first}-${last}` };
      const response = await (await open()).match(new Request(url, { headers: range }));
      if (response?.status === 206) return cachedAs(response);
      await dropBody(response?.body);
      return null;
    },

    async write(url, { entry, body, tags }) {
      const headers: Record<string, string> = {
        "cache-control": `max-age=${STORED_FOR_SECONDS}`,
        // An opaque type, so that nothing between here and the disk transcodes it.
        "content-type": "application/octet-stream",
      };
      if (entry !== null) headers[ENTRY_HEADER] = entry;
      if (tags !== null) headers["cache-tag"] = tags;
      await (await open()).put(url, new Response(body, { headers }));
    },

    async remove(url) {
      await (await open()).delete(url);
    },
  };
}

function cachedAs({ headers, body }: Response): Cached {
  const length = headers.get("content-length");
  return {
    entry: headers.get(ENTRY_HEADER) ?? (headers.has(APART_HEADER) ? APART : null),
    body: body ?? new Response("").body!,
    size: length === null ? null : Number(length),
  };
}
