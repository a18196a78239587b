import { normalisePath } from "../http/uri.ts";

/**
 * A `token_path` in the form that paths are compared with: percent-encoded as in a URL, then normalised. Null: it could be read
 * as another path than it seems, or ends in a way that no path can.
 *
 * @param text decoded
 */
export function tokenPathPrefix(text: string): string | null {
  if (!text.startsWith("/") || /[\\?#\0-\x1f\x7f]|%(?![0-9a-f]{2})/i.test(text)) return null;
  if (text.split("/").some((segment) => DOTS.test(segment))) return null;
  // The `!` keeps a space at the end, which URL parsers would drop.
  const path = URL.parse(`https://zone.invalid${text}!`)?.pathname;
  const prefix = path === undefined ? null : normalisePath(path).slice(0, -1);
  return prefix !== null && staysBelow(prefix) ? prefix : null;
}

/**
 * Whether a path begins with a `token_path`, in one of the two spellings that signers use: as it is requested, or decoded.
 *
 * @param path of the URL, as it was received
 * @param tokenPath decoded
 */
export function isBelow(path: string, tokenPath: string): boolean {
  const prefix = tokenPathPrefix(tokenPath);
  const asked = normalisePath(path);
  if (prefix === null || !staysBelow(asked)) return false;
  return asked.startsWith(prefix) || decodedPath(path)?.startsWith(tokenPath) === true;
}

/** A path as those signers sign it that decode it; null: the result could be read as another path. */
export function decodedPath(path: string): string | null {
  // These stand for characters that separate or end paths, or that would be decoded again.
  if (/%(?:2f|5c|25|2e|3f|23|[01][0-9a-f]|7f)/i.test(path)) return null;
  try {
    const decoded = decodeURIComponent(path);
    return /[\x80-\x9f]/.test(decoded) ? null : decoded;
  } catch (error) {
    if (error instanceof URIError) return null;
    throw error;
  }
}

/**
 * Whether no server reads a path as leading elsewhere: by encoded slashes, however often it decodes them, or by dot segments
 * with parameters (`..;`).
 *
 * @param path normalised
 */
function staysBelow(path: string): boolean {
  return !/%(?:25)*(?:2f|5c)/i.test(path) && !path.split("/").some((segment) => DOTS.test(segment));
}

/** A segment that some server reads as one or two dots, alone or before parameters. */
const DOTS = /^(?:\.|%(?:25)*2e){1,2}(?:$|;|%(?:25)*3b)/i;
