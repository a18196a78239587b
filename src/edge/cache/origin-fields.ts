import type { StoredResponse } from "./stored-response.ts";

/** Cloudflare's bounds of `Cache-Tag`: how many tags an answer has at most, and of how many characters each and together. */
const MAX_TAGS = 1_000;
const MAX_TAG_LENGTH = 1_024;
const MAX_TAGS_LENGTH = 16_384;

/** What an answer's stored fields take together at most, names and values (characters). */
const MAX_FIELDS_LENGTH = 32_768;

/**
 * Whether an answer has more fields than are kept, and of which kind. Each look at a stored response reads them again, in an
 * isolate that other customers share. Nothing is cut off: a response that has lost a tag would outlive the purge of it.
 */
export function excessOf({
  headers,
  tags,
}: Pick<StoredResponse, "headers" | "tags">): "too-many-tags" | "too-many-fields" | null {
  if (tags.length > MAX_TAGS || tags.some(({ length }) => length > MAX_TAG_LENGTH)) return "too-many-tags";
  if (lengthOf(tags) > MAX_TAGS_LENGTH) return "too-many-tags";
  return lengthOf(headers.flat()) > MAX_FIELDS_LENGTH ? "too-many-fields" : null;
}

function lengthOf(texts: readonly string[]): number {
  return texts.reduce((sum, { length }) => sum + length, 0);
}
