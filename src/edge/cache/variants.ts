import { languageVariantKey, preferredLanguage } from "../../http/vary.ts";
import { textHash } from "../../text-hash.ts";
import { dropBody } from "../body/drop-body.ts";
import { variantOf } from "../request/forwarded-fields.ts";
import type { KnownResponse } from "./hot-response.ts";
import type { StoredResponse } from "./stored-response.ts";

/** Stored under the key of a resource whose answers vary. */
export interface VaryRecord {
  vary: readonly string[];
  /** A new record starts with none of its predecessor's variants. */
  generation: string;
}

/** What the store has under a key, by place: the resource's own, or one of a variant. */
export interface Entries {
  read(place: string, key: string): Promise<FoundEntry | null>;
  write(
    place: string,
    key: string,
    entry: StoredResponse | VaryRecord,
    body: Blob | ReadableStream | null,
  ): Promise<void>;
}

/** An entry, and the body beside it. */
interface FoundEntry {
  entry: StoredResponse | VaryRecord;
  /** What the isolate knows of the response; null: nothing yet. */
  known: KnownResponse | null;
  body: ReadableStream;
}

/** What is stored under a key for a request. */
export type FoundVariant =
  | { kind: "response"; stored: StoredResponse; known: KnownResponse | null; body: ReadableStream }
  | { kind: "no-variant" }
  | { kind: "nothing" };

/** A resource's own place: its response, or the record of its Vary fields. */
export const PRIMARY = "primary";

/**
 * The response for a request (RFC 9111 §4.1). A resource without Vary takes one read. A resource with Vary has a record of its
 * fields in its own place, and its variants in places whose names begin with the record's generation.
 */
export async function findVariant(entries: Entries, key: string, request: Headers): Promise<FoundVariant> {
  const primary = await entries.read(PRIMARY, key);
  if (primary === null) return { kind: "nothing" };
  if (!isVaryRecord(primary.entry)) return foundAs(primary.entry, primary);
  await dropBody(primary.body);
  const { vary, generation } = primary.entry;
  for (const wanted of variantsFor(vary, request)) {
    const variant = await entries.read(variantPlace(generation, wanted), key);
    if (variant === null || isVaryRecord(variant.entry)) continue;
    // The place is named only by a hash of the variant.
    if (variant.entry.variant === wanted) return foundAs(variant.entry, variant);
    await dropBody(variant.body);
  }
  return { kind: "no-variant" };
}

function foundAs(stored: StoredResponse, { known, body }: FoundEntry): FoundVariant {
  return { kind: "response", stored, known, body };
}

/** The place of a stored response; null if its Vary record has gone. */
export async function placeOf(entries: Entries, key: string, stored: StoredResponse): Promise<string | null> {
  if (stored.vary.length === 0) return PRIMARY;
  const record = await recordFor(entries, key);
  return record && variantPlace(record.generation, stored.variant);
}

/** The place where a response belongs. Makes the record of its Vary fields if there is none yet. */
export async function placeFor(entries: Entries, key: string, stored: StoredResponse): Promise<string> {
  if (stored.vary.length === 0) return PRIMARY;
  const vary = stored.vary as readonly string[];
  let record = await recordFor(entries, key);
  if (record === null || record.vary.join() !== vary.join()) {
    record = { vary, generation: crypto.randomUUID() };
    await entries.write(PRIMARY, key, record, null);
  }
  return variantPlace(record.generation, stored.variant);
}

/**
 * The variant under which clients who prefer a response's language find it, however they say so; null: none. The response must
 * have been made for a request that names just this language, since anything else a client says of languages may show in it.
 */
export function languageVariantOf(stored: StoredResponse): string | null {
  const language = stored.headers
    .find(([name]) => name === "content-language")?.[1]
    .trim()
    .toLowerCase();
  if (language === undefined || !/^[a-z0-9-]+$/.test(language)) return null;
  const isForItAlone = stored.variant.split("\n").includes(`accept-language:${language}`);
  return stored.status === 200 && isForItAlone ? languageVariantKey(stored.variant, language) : null;
}

/** Tells the two kinds of entries in a resource's own place apart. */
export function isVaryRecord(entry: StoredResponse | VaryRecord): entry is VaryRecord {
  return "generation" in entry;
}

async function recordFor(entries: Entries, key: string): Promise<VaryRecord | null> {
  const primary = await entries.read(PRIMARY, key);
  if (primary === null) return null;
  await dropBody(primary.body);
  return isVaryRecord(primary.entry) ? primary.entry : null;
}

/** The variants that serve a request: the one it names exactly, then the one in the language that it prefers most. */
function variantsFor(vary: readonly string[], request: Headers): string[] {
  const exact = variantOf(vary, request);
  const language = vary.includes("accept-language") ? preferredLanguage(request.get("accept-language")) : null;
  const preferred = language && languageVariantKey(exact, language);
  return preferred === null ? [exact] : [exact, preferred];
}

function variantPlace(generation: string, variant: string): string {
  return `variant/${generation}/${textHash(variant)}`;
}
