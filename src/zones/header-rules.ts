import { requestFieldLine } from "../http/request-fields.ts";
import { responseFieldLine } from "../http/response-fields.ts";

/** Where a zone names a header. */
export type HeaderUse = "origin_headers" | "response_headers" | "forward" | "condition";

const VERBS: Readonly<Record<HeaderUse, string>> = {
  origin_headers: "set",
  response_headers: "set",
  forward: "listed",
  condition: "compared",
};

/** Why a header cannot be named in a zone's settings, as a sentence; null: it can. */
export function refusalOfHeaderName(name: string, use: HeaderUse): string | null {
  // RFC 9110 §5.1: a field name is a token. A token may contain a *, which then stands for itself. No client sends such a name.
  if (name.includes("*") && use === "forward")
    return 'has a *, which has no special meaning here: list each header, or say "all"';
  if (name.length > 100 || !/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) return "is not a valid header name";
  const why = reasonAgainst(name.toLowerCase(), use);
  return why && `${name} cannot be ${VERBS[use]}: ${why}`;
}

function reasonAgainst(name: string, use: HeaderUse): string | null {
  if (use === "response_headers") {
    const line = responseFieldLine(name);
    return line?.rule === "ours" ? line.why : null;
  }
  const line = requestFieldLine(name);
  const isRefused = line?.rule === "ours" || (line?.rule === "switched" && use === "forward");
  return isRefused ? line.why : null;
}

/** Whether a text can be sent as a header's value: visible ASCII, spaces and tabs inside (RFC 9110 §5.5). */
export function isHeaderValue(value: string): boolean {
  return /^(?:[\x21-\x7e](?:[\x20-\x7e\t]*[\x21-\x7e])?)?$/.test(value);
}
