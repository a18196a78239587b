import { languageVariantKey, preferredLanguage, variantKey } from "../http/vary.ts";
import { purgeHash } from "../zones/purge-log.ts";
import { dropBody } from "./drop-body.ts";
import type { StoredResponse } from "./stored-response.ts";

/**
 * The Cache API as a plain store. It is asked by synthetic URL with a bare GET and never by a client's headers;
 * what it believes of freshness is a constant. A resource without Vary is one read. A resource with Vary has a
 * record of its fields under the key, and its variants under names that the record's generation starts.
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
  removeBody(key: string, bodyId: string): Promise<void>;
  /** Replaces what is known of a stored body, keeping the body. */
  rewrite(key: string, before: StoredResponse, after: StoredResponse): Promise<void>;
  /** Forgets everything under a key in this data centre. */
  remove(key: string): Promise<void>;
  /** The last part of a representation that was stored without the whole. */
  findPart(key: string): Promise<{ stored: StoredResponse; body: Blob } | null>;
  writePart(key: string, stored: StoredResponse, body: Blob): Promise<void>;
  /** Part of a stored body; null when the body has gone. */
  readPart(key: string, stored: StoredResponse, first: number, last: number): Promise<ReadableStream | null>;
  /** A stored body in a content coding, with its length in bytes; null when it was never made. */
  readCoded(key: string, bodyId: string, coding: string): Promise<{ body: ReadableStream; size: number | null } | null>;
  writeCoded(key: string, bodyId: string, coding: string, body: Blob): Promise<void>;
}

/** What the store holds under a key. */
export type Found =
  | { kind: "response"; stored: StoredResponse; body: ReadableStream }
  | { kind: "no-variant" }
  | { kind: "nothing" };

/** Stands under the key of a resource whose answers vary. */
interface VaryRecord {
  vary: readonly string[];
  /** A new record starts with none of its predecessor's variants. */
  generation: string;
}

/** Seconds. Long: freshness is decided elsewhere. A day less than purges are remembered; see PURGE_LOG_SECONDS. */
export const STORED_FOR_SECONDS = 30 * 86_400;

/** Carries the entry as JSON beside the body. */
const ENTRY_HEADER = "rescdn-entry";

/**
 * @param origin scheme and host of the synthetic URLs: the Worker's own, as Cloudflare asks for
 * @param tagField the `Cache-Tag` of what is stored under a key with a customer's tags; null: none
 */
export function createStore(
  cache: Cache,
  origin: string,
  tagField: ((key: string, tags: readonly string[]) => string) | null = null,
): Store {
  const base = `${origin}/.cache/`;
  const urlOf = (kind: string, key: string) => `${base}${kind}/${key}`;
  const variantUrl = (key: string, generation: string, variant: string) =>
    urlOf(`variant/${generation}/${purgeHash(variant)}`, key);

  /** The entry is what is found by a customer's tags; a body that stands apart is never found without it. */
  const tagged = (key: string, tags: readonly string[] = []) =>
    tagField === null ? {} : { "cache-tag": tagField(key, tags) };
  const entryResponse = (key: string, entry: StoredResponse | VaryRecord, body: Blob | ReadableStream | null) =>
    storeResponse(body, { [ENTRY_HEADER]: asciiJson(entry), ...tagged(key, isVaryRecord(entry) ? [] : entry.tags) });

  async function read(url: string): Promise<{ entry: StoredResponse | VaryRecord; response: Response } | null> {
    const response = await cache.match(url);
    const entry = response?.headers.get(ENTRY_HEADER);
    return response && entry ? { entry: JSON.parse(entry), response } : null;
  }

  async function recordFor(key: string): Promise<VaryRecord | null> {
    const primary = await read(urlOf("primary", key));
    if (primary === null) return null;
    await dropBody(primary.response.body);
    return isVaryRecord(primary.entry) ? primary.entry : null;
  }

  /** Where a response belongs; makes the record of its Vary fields where there is none yet. */
  async function placeFor(key: string, stored: StoredResponse): Promise<string> {
    if (stored.vary.length === 0) return urlOf("primary", key);
    const vary = stored.vary as readonly string[];
    let record = await recordFor(key);
    if (record === null || record.vary.join() !== vary.join()) {
      record = { vary, generation: crypto.randomUUID() };
      await cache.put(urlOf("primary", key), entryResponse(key, record, null));
    }
    return variantUrl(key, record.generation, stored.variant);
  }

  async function findUrl(key: string, stored: StoredResponse): Promise<string | null> {
    if (stored.vary.length === 0) return urlOf("primary", key);
    const record = await recordFor(key);
    return record && variantUrl(key, record.generation, stored.variant);
  }

  async function found(key: string, stored: StoredResponse, response: Response): Promise<Found> {
    if (!stored.isBodyApart) return { kind: "response", stored, body: response.body ?? new Response("").body! };
    await dropBody(response.body);
    const body = (await cache.match(urlOf(`body/${stored.bodyId}`, key)))?.body;
    // The two are evicted apart.
    return body ? { kind: "response", stored, body } : { kind: "nothing" };
  }

  return {
    async find(key, request) {
      const primary = await read(urlOf("primary", key));
      if (primary === null) return { kind: "nothing" };
      if (!isVaryRecord(primary.entry)) return found(key, primary.entry, primary.response);
      await dropBody(primary.response.body);
      const { vary, generation } = primary.entry;
      for (const wanted of variantsFor(vary, request)) {
        const variant = await read(variantUrl(key, generation, wanted));
        if (variant === null || isVaryRecord(variant.entry)) continue;
        // The URL holds a hash of the variant only.
        if (variant.entry.variant === wanted) return found(key, variant.entry, variant.response);
        await dropBody(variant.response.body);
      }
      return { kind: "no-variant" };
    },

    async write(key, stored, body) {
      await cache.put(await placeFor(key, stored), entryResponse(key, stored, body));
      const alias = languageVariantOf(stored);
      if (alias === null) return;
      await cache.put(
        await placeFor(key, { ...stored, variant: alias }),
        entryResponse(key, { ...stored, variant: alias }, body),
      );
    },

    async findPart(key) {
      const part = await read(urlOf("part", key));
      if (part === null || isVaryRecord(part.entry)) return null;
      return { stored: part.entry, body: await part.response.blob() };
    },

    async writePart(key, stored, body) {
      await cache.put(urlOf("part", key), entryResponse(key, stored, body));
    },

    async writeBody(key, bodyId, body) {
      await cache.put(urlOf(`body/${bodyId}`, key), storeResponse(body, tagged(key)));
    },

    async removeBody(key, bodyId) {
      await cache.delete(urlOf(`body/${bodyId}`, key));
    },

    async rewrite(key, before, after) {
      const url = await findUrl(key, before);
      const current = url && (await read(url));
      if (!current || isVaryRecord(current.entry) || current.entry.bodyId !== before.bodyId) return;
      const body = after.isBodyApart ? null : current.response.body;
      await cache.put(await placeFor(key, after), entryResponse(key, after, body));
    },

    async remove(key) {
      await Promise.all([cache.delete(urlOf("primary", key)), cache.delete(urlOf("part", key))]);
    },

    async readPart(key, stored, first, last) {
      const url = stored.isBodyApart ? urlOf(`body/${stored.bodyId}`, key) : await findUrl(key, stored);
      if (url === null) return null;
      const response = await cache.match(new Request(url, { headers: { range: `bytes=${first}-${last}` } }));
      if (response?.status === 206 && (stored.isBodyApart || bodyIdOf(response) === stored.bodyId)) {
        return response.body;
      }
      await dropBody(response?.body);
      return null;
    },

    async readCoded(key, bodyId, coding) {
      const found = await cache.match(urlOf(`coded/${coding}/${bodyId}`, key));
      if (!found?.body) return null;
      const length = found.headers.get("content-length");
      return { body: found.body, size: length === null ? null : Number(length) };
    },

    async writeCoded(key, bodyId, coding, body) {
      await cache.put(urlOf(`coded/${coding}/${bodyId}`, key), storeResponse(body, tagged(key)));
    },
  };
}

function isVaryRecord(entry: StoredResponse | VaryRecord): entry is VaryRecord {
  return "generation" in entry;
}

/** The variants that serve a request: the one it names, then the one in the language that it prefers to all others. */
function variantsFor(vary: readonly string[], request: Headers): string[] {
  const exact = variantKey(vary, request);
  const language = vary.includes("accept-language") ? preferredLanguage(request.get("accept-language")) : null;
  const preferred = language && languageVariantKey(exact, language);
  return preferred === null ? [exact] : [exact, preferred];
}

/** Where a response in one language is found by those who prefer that language, however they say so. */
function languageVariantOf(stored: StoredResponse): string | null {
  const language = stored.headers
    .find(([name]) => name === "content-language")?.[1]
    .trim()
    .toLowerCase();
  if (language === undefined || !/^[a-z0-9-]+$/.test(language)) return null;
  return languageVariantKey(stored.variant, language);
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
