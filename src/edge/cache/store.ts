import { dropBody } from "../body/drop-body.ts";
import type { KnownResponse } from "./hot-response.ts";
import { KnownEntries, type KnownEntry } from "./known-entries.ts";
import { APART, type PlainCache } from "./own-cache.ts";
import type { StoredResponse } from "./stored-response.ts";
import {
  type Entries,
  type FoundVariant,
  findVariant,
  isVaryRecord,
  languageVariantOf,
  PRIMARY,
  placeFor,
  placeOf,
} from "./variants.ts";

/**
 * A cache as a plain store. It is asked by synthetic URL and never by a client's headers; what it believes of freshness is a
 * constant. Where a resource's variants stand is decided in `variants.ts`.
 */
export interface Store {
  /** The response stored under a key for a request; its body is unread. */
  find(key: string, request: Headers): Promise<Found>;
  /** A response without variants that was found under a key before, if it is remembered; {@link readAgain} has its body. */
  recall(key: string): KnownEntry | null;
  /** The body of a response that is remembered; null where it has gone, or where the response is another by now. */
  readAgain(key: string, known: KnownEntry): Promise<ReadableStream | null>;
  /** Writes a response with its body; null where the body stands apart, see {@link writeBody}. */
  write(key: string, stored: StoredResponse, body: Blob | null): Promise<void>;
  /**
   * Writes a body as it comes. Nobody finds it before a response that names it is written: a body that breaks off may look
   * whole to a cache.
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
  | { kind: "response"; stored: StoredResponse; body: ReadableStream; known: KnownResponse | null }
  | { kind: "no-variant" }
  | { kind: "nothing" };

/** The codings that are stored. */
const CODINGS = ["br", "gzip"] as const;
type Coding = (typeof CODINGS)[number];

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
  const known = new KnownEntries();
  const base = `${origin}/.cache/`;
  const urlOf = (place: string, key: string) => `${base}${place}/${key}`;

  /** The entry is what is found by a customer's tags; a body that stands apart is never found without it. */
  const tagged = (key: string, tagHashes: readonly string[] = []) =>
    tagField === null ? null : tagField(key, tagHashes);
  const writeAlone = (place: string, key: string, body: Blob | ReadableStream) =>
    cache.write(urlOf(place, key), { entry: null, body, tags: tagged(key) });
  const entries: Entries = {
    async read(place, key) {
      const url = urlOf(place, key);
      const cached = await cache.read(url);
      if (cached === null || cached.entry === null) return null;
      return { ...known.read(url, cached.entry), body: cached.body };
    },
    async write(place, key, entry, body) {
      const tags = tagged(key, isVaryRecord(entry) ? [] : (entry.tagHashes ?? []));
      await cache.write(urlOf(place, key), { entry: asciiJson(entry), body, tags });
    },
  };

  /** The two are evicted apart. */
  async function bodyApart(key: string, { bodyId }: StoredResponse, beside: ReadableStream) {
    await dropBody(beside);
    return (await cache.read(urlOf(`body/${bodyId}`, key)))?.body ?? null;
  }

  async function found(key: string, variant: Extract<FoundVariant, { kind: "response" }>): Promise<Found> {
    if (!variant.stored.isBodyApart) return variant;
    const body = await bodyApart(key, variant.stored, variant.body);
    return body === null ? { kind: "nothing" } : { ...variant, body };
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
    await Promise.all(places.map((place) => cache.remove(urlOf(place, key))));
  }

  return {
    async find(key, request) {
      const variant = await findVariant(entries, key, request);
      return variant.kind === "response" ? found(key, variant) : variant;
    },

    recall: (key) => known.recall(urlOf(PRIMARY, key)),

    async readAgain(key, { url, text, stored }) {
      const cached = await cache.read(url);
      if (cached?.entry === text) return stored.isBodyApart ? bodyApart(key, stored, cached.body) : cached.body;
      await dropBody(cached?.body);
      return null;
    },

    write,

    async findPart(key) {
      const part = await entries.read("part", key);
      if (part === null || isVaryRecord(part.entry)) return null;
      return { stored: part.entry, body: part.body };
    },

    async writePart(key, stored, body) {
      await entries.write("part", key, stored, body);
    },

    async removePart(key) {
      await cache.remove(urlOf("part", key));
    },

    writeBody: (key, bodyId, body) => writeAlone(`body/${bodyId}`, key, body),

    removeBody,

    async discard(key, stored) {
      const place = await placeOf(entries, key, stored);
      const current = place && (await entries.read(place, key));
      if (current) {
        await dropBody(current.body);
        const isStill = !isVaryRecord(current.entry) && current.entry.bodyId === stored.bodyId;
        if (isStill) await cache.remove(urlOf(place!, key));
      }
      await removeBody(key, stored.bodyId);
    },

    async rewrite(key, before, after) {
      const place = await placeOf(entries, key, before);
      const current = place && (await entries.read(place, key));
      if (!current || isVaryRecord(current.entry) || current.entry.bodyId !== before.bodyId) return;
      await write(key, after, after.isBodyApart ? null : await new Response(current.body).blob());
    },

    async remove(key) {
      const primary = await entries.read(PRIMARY, key);
      await dropBody(primary?.body);
      await Promise.all([cache.remove(urlOf(PRIMARY, key)), cache.remove(urlOf("part", key))]);
      if (primary !== null && !isVaryRecord(primary.entry)) await removeBody(key, primary.entry.bodyId);
    },

    async readPart(key, stored, first, last) {
      const place = stored.isBodyApart ? `body/${stored.bodyId}` : await placeOf(entries, key, stored);
      if (place === null) return null;
      const part = await cache.readPart(urlOf(place, key), first, last);
      if (part !== null && (stored.isBodyApart || bodyIdOf(part.entry) === stored.bodyId)) return part.body;
      await dropBody(part?.body);
      return null;
    },

    async readCoded(key, bodyId, coding) {
      const coded = await cache.read(urlOf(codedPlace(coding, bodyId), key));
      if (coded?.entry !== APART) return coded;
      await dropBody(coded.body);
      return cache.read(urlOf(apartPlace(coding, bodyId), key));
    },

    async writeCoded(key, bodyId, coding, body) {
      if (body instanceof Blob) return writeAlone(codedPlace(coding, bodyId), key, body);
      await writeAlone(apartPlace(coding, bodyId), key, body);
      await cache.write(urlOf(codedPlace(coding, bodyId), key), { entry: APART, body: null, tags: tagged(key) });
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

function bodyIdOf(entry: string | null): string | null {
  return entry === null ? null : (JSON.parse(entry) as StoredResponse).bodyId;
}

/** JSON that fits into a header field: everything beyond printable ASCII is escaped. */
export function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
