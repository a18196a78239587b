import { dropBody } from "../body/drop-body.ts";
import { type BodyStore, bodyPlace } from "./body-store.ts";
import type { KnownResponse } from "./hot-response.ts";
import type { KnownEntries, KnownEntry } from "./known-entries.ts";
import { PART } from "./part-store.ts";
import type { Places } from "./places.ts";
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

/** Responses by key. `variants.ts` decides where a resource's variants are stored. */
export interface ResponseStore {
  /** The response stored under a key for a request; its body is unread. */
  find(key: string, request: Headers): Promise<Found>;
  /** A response without variants that was found under a key before, if it is remembered; {@link readAgain} reads its body. */
  recall(key: string): KnownEntry | null;
  /** The body of a remembered response; null if it has gone, or if there is another response by now. */
  readAgain(key: string, known: KnownEntry): Promise<ReadableStream | null>;
  /** Part of a stored body; null when the body has gone. */
  readPart(key: string, stored: StoredResponse, first: number, last: number): Promise<ReadableStream | null>;
  /** Writes a response with its body; null: the body is stored apart, see {@link BodyStore}. */
  write(key: string, stored: StoredResponse, body: Blob | null): Promise<void>;
  /** Replaces a stored response and keeps its body. */
  rewrite(key: string, before: StoredResponse, after: StoredResponse): Promise<void>;
  /** Removes a response that nobody may use again, with all that was stored for it, unless another has replaced it by now. */
  discard(key: string, stored: StoredResponse): Promise<void>;
  /** Forgets everything under a key in this location. */
  remove(key: string): Promise<void>;
}

/** What the store holds under a key. */
export type Found =
  | { kind: "response"; stored: StoredResponse; body: ReadableStream; known: KnownResponse | null }
  | { kind: "no-variant" }
  | { kind: "nothing" };

/**
 * The responses in a cache.
 *
 * @param entries its JSON entries
 * @param known what the isolate remembers of these
 */
export function responsesIn(
  places: Places,
  entries: Entries,
  known: KnownEntries,
  bodies: Pick<BodyStore, "removeBody">,
): ResponseStore {
  /** A cache may evict either of the two alone. */
  async function bodyApart(key: string, { bodyId }: StoredResponse, beside: ReadableStream) {
    await dropBody(beside);
    return (await places.read(bodyPlace(bodyId), key))?.body ?? null;
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

  return {
    async find(key, request) {
      const variant = await findVariant(entries, key, request);
      return variant.kind === "response" ? found(key, variant) : variant;
    },

    recall: (key) => known.recall(places.urlOf(PRIMARY, key)),

    async readAgain(key, { text, stored }) {
      const cached = await places.read(PRIMARY, key);
      if (cached?.entry === text) return stored.isBodyApart ? bodyApart(key, stored, cached.body) : cached.body;
      await dropBody(cached?.body);
      return null;
    },

    async readPart(key, stored, first, last) {
      const place = stored.isBodyApart ? bodyPlace(stored.bodyId) : await placeOf(entries, key, stored);
      if (place === null) return null;
      const part = await places.readPart(place, key, first, last);
      if (part !== null && (stored.isBodyApart || bodyIdOf(part.entry) === stored.bodyId)) return part.body;
      await dropBody(part?.body);
      return null;
    },

    write,

    async rewrite(key, before, after) {
      const place = await placeOf(entries, key, before);
      const current = place && (await entries.read(place, key));
      if (!current || isVaryRecord(current.entry) || current.entry.bodyId !== before.bodyId) return;
      await write(key, after, after.isBodyApart ? null : await new Response(current.body).blob());
    },

    async discard(key, stored) {
      const place = await placeOf(entries, key, stored);
      const current = place && (await entries.read(place, key));
      if (current) {
        await dropBody(current.body);
        const isStill = !isVaryRecord(current.entry) && current.entry.bodyId === stored.bodyId;
        if (isStill) await places.remove(place!, key);
      }
      await bodies.removeBody(key, stored.bodyId);
    },

    async remove(key) {
      const primary = await entries.read(PRIMARY, key);
      await dropBody(primary?.body);
      await Promise.all([places.remove(PRIMARY, key), places.remove(PART, key)]);
      if (primary !== null && !isVaryRecord(primary.entry)) await bodies.removeBody(key, primary.entry.bodyId);
    },
  };
}

function bodyIdOf(entry: string | null): string | null {
  return entry === null ? null : (JSON.parse(entry) as StoredResponse).bodyId;
}
