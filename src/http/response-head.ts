import { isToken, trimBlanks } from "./field-syntax.ts";
import { isWithoutContent } from "./statuses.ts";

/** How a response's body ends (RFC 9112 §6.3). `length` in bytes. */
export type Framing =
  | { kind: "none" }
  | { kind: "length"; length: number }
  | { kind: "chunked" }
  | { kind: "until-close" };

/** What stands before a response's body. */
export interface ResponseHead {
  status: number;
  headers: [name: string, value: string][];
  framing: Framing;
}

/**
 * Parses the head of an HTTP/1 response to a request with a method, without the empty line that ends it. Null where it
 * could be read in two ways, or in none: whoever is lenient here may take a part of a body for a response.
 */
export function parseResponseHead(text: string, method: string): ResponseHead | null {
  const [statusLine = "", ...lines] = text.split("\r\n");
  const status = /^HTTP\/1\.[01] ([1-5]\d\d)(?: [^\r\n\0]*)?$/.exec(statusLine)?.[1];
  if (status === undefined) return null;
  const headers: ResponseHead["headers"] = [];
  for (const line of lines) {
    const colon = line.indexOf(":");
    const name = line.slice(0, Math.max(colon, 0));
    const value = trimBlanks(line.slice(colon + 1));
    // RFC 9112 §5.1: no whitespace between name and colon; §5.2: no line folding. Neither is a token.
    if (!isToken(name) || /[\r\n\0]/.test(value)) return null;
    headers.push([name.toLowerCase(), value]);
  }
  const framing = framingOf(Number(status), headers, method);
  return framing && { status: Number(status), headers, framing };
}

/** Null where the fields contradict each other. */
function framingOf(status: number, headers: ResponseHead["headers"], method: string): Framing | null {
  const valuesOf = (wanted: string) => headers.filter(([name]) => name === wanted).map(([, value]) => value);
  const codings = valuesOf("transfer-encoding");
  const lengths = valuesOf("content-length");
  if (method === "HEAD" || status < 200 || isWithoutContent(status)) return { kind: "none" };
  if (codings.length > 0) {
    // RFC 9112 §6.3: with both "the message … ought to be handled as an error".
    return lengths.length === 0 && codings.join().toLowerCase() === "chunked" ? { kind: "chunked" } : null;
  }
  const [length] = lengths;
  if (length === undefined) return { kind: "until-close" };
  if (!/^\d{1,15}$/.test(length) || lengths.some((other) => other !== length)) return null;
  return { kind: "length", length: Number(length) };
}
