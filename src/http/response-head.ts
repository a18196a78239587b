import { isToken, trimBlanks } from "./field-syntax.ts";
import { isWithoutContent } from "./statuses.ts";

/** How a response's body ends (RFC 9112 §6.3). `length` in bytes. */
export type Framing =
  | { kind: "none" }
  | { kind: "length"; length: number }
  | { kind: "chunked" }
  | { kind: "until-close" };

/** What comes before a response's body. */
export interface ResponseHead {
  status: number;
  headers: [name: string, value: string][];
  framing: Framing;
}

/**
 * Parses the head of an HTTP/1 response to a request with a method, without the empty line that ends it. It is as liberal as
 * the platform's own client, but strict about how the body is framed: null if that could be read in two ways, or if the head
 * cannot be read. A lenient reader might take a part of a body for a response.
 *
 * @param text its bytes, as Latin-1
 */
export function parseResponseHead(text: string, method: string): ResponseHead | null {
  // RFC 9112 §2.2: "a recipient MAY recognize a single LF as a line terminator".
  const [statusLine = "", ...lines] = text.split(/\r?\n/);
  const [, version, status] = /^HTTP\/1\.([01]) ([1-5]\d\d)(?: [^\r\0]*)?$/.exec(statusLine) ?? [];
  if (status === undefined) return null;
  const headers: ResponseHead["headers"] = [];
  for (const line of lines) {
    if (/[\r\0]/.test(line)) return null;
    if (line.startsWith(" ") || line.startsWith("\t")) {
      const last = headers.at(-1);
      const text = trimBlanks(line);
      if (last === undefined || !canContinue(last[0], text)) return null;
      // RFC 9112 §5.2: replaced "with one or more SP octets prior to interpreting the field value".
      last[1] = last[1] === "" ? text : `${last[1]} ${text}`;
      continue;
    }
    const colon = line.indexOf(":");
    const name = line.slice(0, Math.max(colon, 0));
    // RFC 9112 §5.1: no whitespace between name and colon, which would not be a token.
    if (!isToken(name)) return null;
    headers.push([name.toLowerCase(), trimBlanks(line.slice(colon + 1))]);
  }
  const framing = framingOf(Number(status), version === "1", headers, method);
  return framing && { status: Number(status), headers: headers.map(([name, value]) => [name, utf8(value)]), framing };
}

const FRAMING_NAMES = ["content-length", "transfer-encoding"];

/** Whether a folded line may continue a field. Not one that frames a body, or that would if it were not folded. */
function canContinue(name: string, text: string): boolean {
  if (text === "" || FRAMING_NAMES.includes(name)) return false;
  return !FRAMING_NAMES.includes(
    text
      .slice(0, Math.max(0, text.indexOf(":")))
      .trim()
      .toLowerCase(),
  );
}

const strictly = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * A value as `Headers` hold it. They write characters above 0x7f as UTF-8, so UTF-8 input stays the same, byte for byte.
 * Anything else is taken for Latin-1, and its text stays the same.
 */
function utf8(value: string): string {
  if (!/[\x80-\xff]/.test(value)) return value;
  try {
    return strictly.decode(Uint8Array.from(value, (char) => char.charCodeAt(0)));
  } catch {
    return value;
  }
}

/** Null: the fields contradict each other. */
function framingOf(
  status: number,
  isOneOne: boolean,
  headers: ResponseHead["headers"],
  method: string,
): Framing | null {
  const valuesOf = (wanted: string) => headers.filter(([name]) => name === wanted).map(([, value]) => value);
  const codings = valuesOf("transfer-encoding");
  const lengths = valuesOf("content-length");
  if (method === "HEAD" || status < 200 || isWithoutContent(status)) return { kind: "none" };
  if (codings.length > 0) {
    // RFC 9112 §6.3: with both "the message … ought to be handled as an error"; §6.1: in HTTP/1.0 "as if the framing is faulty".
    const isChunked = isOneOne && lengths.length === 0 && codings.join().toLowerCase() === "chunked";
    return isChunked ? { kind: "chunked" } : null;
  }
  const [length] = lengths;
  if (length === undefined) return { kind: "until-close" };
  if (!/^0*\d{1,19}$/.test(length) || lengths.some((other) => other !== length)) return null;
  return { kind: "length", length: Number(length) };
}
