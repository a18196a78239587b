import { dropBody } from "../body/drop-body.ts";
import { hashesOf } from "./origin-fields.ts";
import type { PlainCache } from "./own-cache.ts";
import type { StoredResponse } from "./stored-response.ts";
import {
  type Entries,
  findVariant,
  isVaryRecord,
  languageVariantOf,
  PRIMARY,
  placeFor,
  placeOf,
  type VaryRecord,
} from "./variants.ts";

/**
 * The Cache API as a plain store. It is asked by synthetic URL with a bare GET and never by a client's headers;
 * what it believes of freshness is a constant. Where a resource's variants stand is decided in `variants.ts`.
 */
export interface Store {
  /** The response stored under a key for a request; its body is unread. */
  find(key: string, request: Headers): Promise<Found>;
  /** Writes a response with its body; null where the body stands apart, see {@link writeBody}. */
  write(key: string, stored: StoredResponse, body: Blob | null): Promise<void>;
  /**
   * Writes a body as it comes. Nobody finds it before a response that names it is written: a body that breaks off may look
   * whole to a Cache API.
   */
  writeBody(key: string, bodyId: string, body: ReadableStream): Promise<void>;
  /** Removes a body that stands apart, and the codings that were made of a body. */
  removeBody(key: string, bodyId: string): Promise<void>;
  /** Removes a response that nothing may use again, with all that was stored for it, unless another is in its place by now. */
  discard(key: string, stored: StoredResponse): Promise<void>;
  /** Replaces what is known of a stored body, keeping the body. */
  rewrite(key: string, before: StoredResponse, after: StoredResponse): Promise<void>;
  /** Forgets everything under a key in this data centre. */
  remove(key: string): Promise<void>;
  /** The last part of a representation that was stored without the whole; its body is unread. */
  findPart(key: string): Promise<{ stored: StoredResponse; body: ReadableStream } | null>;
  writePart(key: string, stored: StoredResponse, body: Blob): Promise<void>;
  removePart(key: string): Promise<void>;
  /** Part of a stored body; null when the body has gone. */
  readPart(key: string, stored: StoredResponse, first: number, last: number): Promise<ReadableStream | null>;
  /** A stored body in a content coding, with its length in bytes; null when it was never made. */
  readCoded(key: string, bodyId: string, coding: Coding): Promise<{ body: ReadableStream; size: number | null } | null>;
  /** A stream is found only once all of it is written: one that breaks off may look whole to a Cache API. */
  writeCoded(key: string, bodyId: string, coding: Coding, body: Blob | ReadableStream): Promise<void>;
}

/** What the store holds under a key. */
export type Found =
  | { kind: "response"; stored: StoredResponse; body: ReadableStream }
  | { kind: "no-variant" }
  | { kind: "nothing" };

/** Seconds. Long: freshness is decided elsewhere. A day less than purges are remembered; see PURGE_LOG_SECONDS. */
export const STORED_FOR_SECONDS = 30 * 86_400;

/** The codings that are stored. */
const CODINGS = ["br", "gzip"] as const;
type Coding = (typeof CODINGS)[number];

/** Carries the entry as JSON beside the body. */
const ENTRY_HEADER = "rescdn-entry";

/** Says of a coded body that it is whole, and stands apart. */
const APART_HEADER = "rescdn-apart";

/**
 * @param origin scheme and host of the synthetic URLs: below the Worker's own domain, as Cloudflare asks for, and no host
 *   that a reader is answered on
 * @param tagField the `Cache-Tag` of what is stored under a key with a customer's tags; null: none
 */
export function createStore(
  cache: PlainCache,
  origin: string,
  tagField: ((key: string, tagHashes: readonly string[]) => string) | null = null,
): Store {
  const base = `${origin}/.cache/`;
  const urlOf = (place: string, key: string) => `${base}${place}/${key}`;

  /** The entry is what is found by a customer's tags; a body that stands apart is never found without it. */
  const tagged = (key: string, tagHashes: readonly string[] = []) =>
    tagField === null ? {} : { "cache-tag": tagField(key, tagHashes) };
  const entries: Entries = {
    async read(place, key) {
      const response = await cache.match(urlOf(place, key));
      const entry = response?.headers.get(ENTRY_HEADER);
      return response && entry ? { entry: withTagHashes(JSON.parse(entry)), response } : null;
    },
    async write(place, key, entry, body) {
      const tags = tagged(key, isVaryRecord(entry) ? [] : (entry.tagHashes ?? []));
      await cache.put(urlOf(place, key), storeResponse(body, { [ENTRY_HEADER]: asciiJson(entry), ...tags }));
    },
  };

  async function found(key: string, stored: StoredResponse, response: Response): Promise<Found> {
    if (!stored.isBodyApart) return { kind: "response", stored, body: response.body ?? new Response("").body! };
    await dropBody(response.body);
    const body = (await cache.match(urlOf(`body/${stored.bodyId}`, key)))?.body;
    // The two are evicted apart.
    return body ? { kind: "response", stored, body } : { kind: "nothing" };
  }

  async function write(key: string, stored: StoredResponse, body: Blob | null): Promise<void> {
    await entries.write(await placeFor(entries, key, stored), key, stored, body);
    const alias = languageVariantOf(stored);
    if (alias === null) return;
    const aliased = { ...stored, variant: alias };
    await entries.write(await placeFor(entries, key, aliased), key, aliased, body);
  }

  async function removeBody(key: string, bodyId: string): Promise<void> {
    const places = [
      `body/${bodyId}`,
      ...CODINGS.flatMap((coding) => [codedPlace(coding, bodyId), apartPlace(coding, bodyId)]),
    ];
    await Promise.all(places.map((place) => cache.delete(urlOf(place, key))));
  }

  return {
    async find(key, request) {
      const variant = await findVariant(entries, key, request);
      return variant.kind === "response" ? found(key, variant.stored, variant.response) : variant;
    },

    write,

    async findPart(key) {
      const part = await entries.read("part", key);
      if (part === null || isVaryRecord(part.entry)) return null;
      return { stored: part.entry, body: part.response.body ?? new Response("").body! };
    },

    async writePart(key, stored, body) {
      await entries.write("part", key, stored, body);
    },

    async removePart(key) {
      await cache.delete(urlOf("part", key));
    },

    async writeBody(key, bodyId, body) {
      await cache.put(urlOf(`body/${bodyId}`, key), storeResponse(body, tagged(key)));
    },

    removeBody,

    async discard(key, stored) {
      const place = await placeOf(entries, key, stored);
      const current = place && (await entries.read(place, key));
      if (current) {
        await dropBody(current.response.body);
        const isStill = !isVaryRecord(current.entry) && current.entry.bodyId === stored.bodyId;
        if (isStill) await cache.delete(urlOf(place!, key));
      }
      await removeBody(key, stored.bodyId);
    },

    async rewrite(key, before, after) {
      const place = await placeOf(entries, key, before);
      const current = place && (await entries.read(place, key));
      if (!current || isVaryRecord(current.entry) || current.entry.bodyId !== before.bodyId) return;
      await write(key, after, after.isBodyApart ? null : await current.response.blob());
    },

    async remove(key) {
      const primary = await entries.read(PRIMARY, key);
      await dropBody(primary?.response.body);
      await Promise.all([cache.delete(urlOf(PRIMARY, key)), cache.delete(urlOf("part", key))]);
      if (primary !== null && !isVaryRecord(primary.entry)) await removeBody(key, primary.entry.bodyId);
    },

    async readPart(key, stored, first, last) {
      const place = stored.isBodyApart ? `body/${stored.bodyId}` : await placeOf(entries, key, stored);
      if (place === null) return null;
      const response = await cache.match(
        new Request(urlOf(place, key), { headers: { range: `bytes=${first}-${last}` } }),
      );
      if (response?.status === 206 && (stored.isBodyApart || bodyIdOf(response) === stored.bodyId)) {
        return response.body;
      }
      await dropBody(response?.body);
      return null;
    },

    async readCoded(key, bodyId, coding) {
      let found = await cache.match(urlOf(codedPlace(coding, bodyId), key));
      if (found?.headers.has(APART_HEADER)) {
        await dropBody(found.body);
        found = await cache.match(urlOf(apartPlace(coding, bodyId), key));
      }
      if (!found?.body) return null;
      const length = found.headers.get("content-length");
      return { body: found.body, size: length === null ? null : Number(length) };
    },

    async writeCoded(key, bodyId, coding, body) {
      const place = urlOf(codedPlace(coding, bodyId), key);
      if (body instanceof Blob) {
        await cache.put(place, storeResponse(body, tagged(key)));
        return;
      }
      await cache.put(urlOf(apartPlace(coding, bodyId), key), storeResponse(body, tagged(key)));
      await cache.put(place, storeResponse(null, { ...tagged(key), [APART_HEADER]: "1" }));
    },
  };
}

function codedPlace(coding: Coding, bodyId: string): string {
  return `coded/${coding}/${bodyId}`;
}

function apartPlace(coding: Coding, bodyId: string): string {
  return `coded/${coding}-apart/${bodyId}`;
}

/** The cache key that a synthetic URL is made of; `""` for another URL. */
export function keyOf(url: string): string {
  return /\/\.cache\/(?:primary|part|body\/[^/]+|(?:variant|coded)\/[^/]+\/[^/]+)\/(.*)/s.exec(url)?.[1] ?? "";
}

/** Older versions of this cache stored tags as they were. */
function withTagHashes<Entry extends StoredResponse | VaryRecord>(entry: Entry & { tags?: string[] }): Entry {
  return entry.tags === undefined ? entry : { ...entry, tagHashes: hashesOf(entry.tags) };
}

function bodyIdOf(response: Response): string | null {
  const entry = response.headers.get(ENTRY_HEADER);
  return entry === null ? null : (JSON.parse(entry) as StoredResponse).bodyId;
}

function storeResponse(body: Blob | ReadableStream | null, headers: Record<string, string>): Response {
  return new Response(body, {
    headers: {
      ...headers,
      "cache-control": `max-age=${STORED_FOR_SECONDS}`,
      // Opaque, so that nothing between here and the disk transcodes it.
      "content-type": "application/octet-stream",
    },
  });
}

/** JSON that fits into a header field: everything beyond printable ASCII is escaped. */
function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
