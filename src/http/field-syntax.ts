const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** Whether `text` is a token, which may name a header field or a directive (RFC 9110 §5.6.2). */
export function isToken(text: string): boolean {
  return TOKEN.test(text);
}

/** The text without blanks around it: "OWS = *( SP / HTAB )" (RFC 9110 §5.6.3), and nothing else that Unicode calls a space. */
export function trimBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text[start])) start++;
  while (end > start && isBlank(text[end - 1])) end--;
  return text.slice(start, end);
}

function isBlank(char: string | undefined): boolean {
  return char === " " || char === "\t";
}

/**
 * The members of a comma-separated field value (RFC 9110 §5.6.1), trimmed. Commas inside quoted strings do not separate. Empty
 * members do not count. A quote that is never closed is an ordinary character, so nothing can hide behind it.
 */
export function listMembers(value: string | null): string[] {
  return value === null ? [] : splitOutsideQuotes(value, ",");
}

/** Splits at each `separator` outside a quoted string; trims the parts and drops empty ones. */
export function splitOutsideQuotes(value: string, separator: "," | ";"): string[] {
  if (!value.includes('"')) return nonEmpty(value.split(separator));
  const parts: string[] = [];
  let start = 0;
  let quotesOpen = true;
  for (let at = 0; at < value.length; at++) {
    const char = value[at];
    if (char === separator) {
      parts.push(value.slice(start, at));
      start = at + 1;
    } else if (char === '"' && quotesOpen) {
      const end = closingQuote(value, at);
      if (end === -1) quotesOpen = false;
      else at = end;
    }
  }
  parts.push(value.slice(start));
  return nonEmpty(parts);
}

/** The text of a quoted string without its quotes and escapes (RFC 9110 §5.6.4); any other text unchanged. */
export function unquoted(text: string): string {
  if (text.length < 2 || !text.startsWith('"') || !text.endsWith('"')) return text;
  return text.slice(1, -1).replace(/\\(.)/g, "$1");
}

function closingQuote(value: string, open: number): number {
  for (let at = open + 1; at < value.length; at++) {
    if (value[at] === "\\") at++;
    else if (value[at] === '"') return at;
  }
  return -1;
}

function nonEmpty(parts: string[]): string[] {
  const kept: string[] = [];
  for (const part of parts) {
    const trimmed = part.trim();
    if (trimmed !== "") kept.push(trimmed);
  }
  return kept;
}
