import { listMembers, splitOutsideQuotes, unquoted } from "./field-syntax.ts";

/** What a response's `Content-Type` says. */
export interface MediaType {
  /** `type/subtype`, in lower case. */
  readonly essence: string;
  /** As it is spelled; null: there is none. */
  readonly charset: string | null;
  /** The whole value, unchanged if it came in one line. */
  readonly text: string;
}

/**
 * The media type of a response, whose `Content-Type` may come more than once: the last valid one counts (Fetch, "extract a MIME
 * type"), with the charset of earlier ones of the same essence. Null: there is none.
 */
export function mediaTypeOf(field: string | null): MediaType | null {
  const valid = listMembers(field).flatMap((member) => parseMediaType(member) ?? []);
  const last = valid.pop();
  if (last === undefined) return null;
  if (last.charset !== null) return last;
  const since = valid.findLastIndex(({ essence }) => essence !== last.essence);
  const charset = valid.slice(since + 1).findLast((type) => type.charset !== null)?.charset ?? null;
  return charset === null ? last : { ...last, charset, text: `${last.text}; charset=${charset}` };
}

/** RFC 9110 §5.6.2: type and subtype are tokens. */
const ESSENCE = /^[!#$%&'*+.^_`|~0-9a-z-]+\/[!#$%&'*+.^_`|~0-9a-z-]+$/;
const CHARSET_NAME = /^[0-9A-Za-z._+-]+$/;

function parseMediaType(text: string): MediaType | null {
  const [first = "", ...parameters] = splitOutsideQuotes(text, ";");
  const essence = first.toLowerCase();
  if (!ESSENCE.test(essence) || essence === "*/*") return null;
  return { essence, charset: charsetOf(parameters), text };
}

/** MIME Sniffing §4.4: of several parameters with one name the first counts, and an unreadable one is ignored. */
function charsetOf(parameters: readonly string[]): string | null {
  for (const parameter of parameters) {
    if (!/^charset=/i.test(parameter)) continue;
    const name = unquoted(parameter.slice("charset=".length));
    if (CHARSET_NAME.test(name)) return name;
  }
  return null;
}
