/** So much of a body is looked at (MIME Sniffing §5.2, "read the resource header"). */
export const HEAD_BYTES = 1_445;

/** What may stand before the first tag, and says nothing of what follows it. */
const PROLOGUES = [
  ["<!--", "-->"],
  ["<?xml", "?>"],
] as const;

/** Tags that begin a whole page. */
const PAGE = /^<(?:!doctype\s+html|html|head|body|title|script|meta)[\s>/]/i;

/** Tags by which a fragment of a page is known as well (MIME Sniffing §7.1, and what is usual today). */
const FRAGMENT = /^<(?:iframe|h1|div|font|table|a|style|b|br|p|form|section|main|article|span|ul)[\s>/]/i;

/** The beginning of a tag, whose name may not have ended. */
const UNFINISHED = /^<[!?a-z0-9-]*$|^<!doctype\s+[a-z]*$/i;

/**
 * Whether a body that comes without a type is a page, by its first bytes; null: more of them are needed.
 *
 * @param isText whether its name promises text: Markdown and XML begin with tags of all kinds
 */
export function isPageByItsHead(head: Uint8Array, isText: boolean): boolean | null {
  const start = withoutPrologue(new TextDecoder().decode(head.subarray(0, HEAD_BYTES)));
  if (start !== null && (PAGE.test(start) || (!isText && FRAGMENT.test(start)))) return true;
  const mayGoOn = start === null || start === "" || UNFINISHED.test(start);
  return mayGoOn && head.byteLength < HEAD_BYTES ? null : false;
}

/** Null where a part of what stands before does not end. */
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
