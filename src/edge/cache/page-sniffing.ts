/** How much of a body is looked at (MIME Sniffing §5.2, "read the resource header"). */
export const HEAD_BYTES = 1_445;

/** What may come before the first tag, and tells nothing about what follows. */
const PROLOGUES = [
  ["<!--", "-->"],
  ["<?xml", "?>"],
] as const;

/** Tags that begin a whole page. */
const PAGE = /^<(?:!doctype\s+html|html|head|body|title|script|meta)[\s>/]/i;

/** Tags that can begin a fragment of a page (MIME Sniffing §7.1, and those usual today). */
const FRAGMENT = /^<(?:iframe|h1|div|font|table|a|style|b|br|p|form|section|main|article|span|ul)[\s>/]/i;

/** The beginning of a tag whose name may not be complete. */
const UNFINISHED = /^<[!?a-z0-9-]*$|^<!doctype\s+[a-z]*$/i;

/**
 * Whether a body without a type is a page, judged by its first bytes; null: more bytes are needed.
 *
 * @param isText whether its name promises text: Markdown and XML may begin with any tag
 */
export function isPageByItsHead(head: Uint8Array, isText: boolean): boolean | null {
  const start = withoutPrologue(new TextDecoder().decode(head.subarray(0, HEAD_BYTES)));
  if (start !== null && (PAGE.test(start) || (!isText && FRAGMENT.test(start)))) return true;
  const mayGoOn = start === null || start === "" || UNFINISHED.test(start);
  return mayGoOn && head.byteLength < HEAD_BYTES ? null : false;
}

/** Null if one of the prologues does not end. */
function withoutPrologue(text: string): string | null {
  let rest = text.trimStart();
  for (;;) {
    const prologue = PROLOGUES.find(([open]) => rest.startsWith(open));
    if (prologue === undefined) return rest;
    const end = rest.indexOf(prologue[1]);
    if (end === -1) return null;
    rest = rest.slice(end + prologue[1].length).trimStart();
  }
}
