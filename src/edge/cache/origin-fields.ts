import { textHash } from "../../text-hash.ts";

/**
 * Cloudflare's limits for `Cache-Tag`: how many tags an answer may have, and how many characters one tag and all tags may have.
 */
const MAX_TAGS = 1_000;
const MAX_TAG_LENGTH = 1_024;
const MAX_TAGS_LENGTH = 16_384;

/** The most that an answer's stored fields may take together, names and values (characters). */
const MAX_FIELDS_LENGTH = 32_768;

/**
 * The hashes of an answer's purge tags; null if it has more than are kept. Then it is not stored, since a response that lost a
 * tag would outlive a purge of that tag.
 */
export function tagHashesOf(headers: Headers): string[] | null {
  return hashesOf(tagsOf(headers));
}

/** An answer's purge tags, each once. */
export function tagsOf(headers: Headers): string[] {
  const cacheTags = (headers.get("cache-tag") ?? "").split(",").map((tag) => tag.trim());
  const surrogateKeys = (headers.get("surrogate-key") ?? "").split(/\s+/);
  return [...new Set([...cacheTags, ...surrogateKeys].filter(Boolean))];
}

/** Like {@link tagHashesOf}, for tags that are already split. */
export function hashesOf(tags: readonly string[]): string[] | null {
  if (tags.length > MAX_TAGS || tags.some(({ length }) => length > MAX_TAG_LENGTH)) return null;
  return lengthOf(tags) > MAX_TAGS_LENGTH ? null : tags.map(textHash);
}

/** Whether the fields are more than is kept: each lookup reads them, in an isolate that other customers share. */
export function areTooMany(headers: readonly [name: string, value: string][]): boolean {
  return lengthOf(headers.flat()) > MAX_FIELDS_LENGTH;
}

function lengthOf(texts: readonly string[]): number {
  return texts.reduce((sum, { length }) => sum + length, 0);
}
