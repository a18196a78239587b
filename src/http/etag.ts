const ENTITY_TAG = /^(?:W\/)?"[\x21\x23-\x7e\x80-\uffff]*"$/;

/** Whether `text` is an entity tag, strong or weak (RFC 9110 §8.8.3). */
export function isEntityTag(text: string): boolean {
  return ENTITY_TAG.test(text);
}

const NOT_IN_TAGS = /[^\x21\x23-\x7e\x80-\uffff]/g;

/**
 * An origin's `ETag` as a valid entity tag. Many origins leave out one or both quotes, write `w/`, or put a blank inside;
 * clients get a tag that they can read. Null: nothing is left of it.
 */
export function asEntityTag(value: string): string | null {
  if (isEntityTag(value)) return value;
  const [, weak = "", rest = ""] = /^(w\/)?(.*)$/is.exec(value.trim())!;
  const opaque = rest.replace(/^"|"$/g, "").replace(NOT_IN_TAGS, encodeURIComponent);
  return opaque === "" ? null : `${weak.toUpperCase()}"${opaque}"`;
}

/** Whether an entity tag is marked as weak (RFC 9110 §8.8.3). */
export function isWeak(tag: string): boolean {
  return tag.startsWith("W/");
}

/**
 * The value of `If-Match` or `If-None-Match` (RFC 9110 §13.1.1): `"*"`, or its entity tags. Members that are not entity tags
 * are left out. A backslash in a tag is an ordinary character, so quotes are never escaped.
 */
export function parseEntityTags(list: string | null): "*" | readonly string[] {
  if (list === null) return [];
  if (list.trim() === "*") return "*";
  const tags: string[] = [];
  let at = 0;
  let open = list.indexOf('"');
  while (at < list.length) {
    const comma = list.indexOf(",", at);
    if (open !== -1 && open < at) open = list.indexOf('"', at);
    let end = comma === -1 ? list.length : comma;
    if (open !== -1 && open < end) {
      const close = list.indexOf('"', open + 1);
      if (close === -1) break;
      const next = list.indexOf(",", close);
      end = next === -1 ? list.length : next;
    }
    const member = list.slice(at, end).trim();
    if (isEntityTag(member)) tags.push(member);
    at = end + 1;
  }
  return tags;
}

/** RFC 9110 §8.8.3.2: equivalent if "both are not weak and their opaque-tags match character-by-character". */
export function strongMatch(a: string, b: string): boolean {
  return a === b && !isWeak(a) && isEntityTag(a);
}

/** RFC 9110 §8.8.3.2: equivalent if the opaque tags match, "regardless of either or both being tagged as weak". */
export function weakMatch(a: string, b: string): boolean {
  return opaque(a) === opaque(b) && isEntityTag(a);
}

function opaque(tag: string): string {
  return isWeak(tag) ? tag.slice(2) : tag;
}

/** The tag of a representation in one of our content codings: it differs from that of the identity form (RFC 9110 §8.8.3.3). */
export function codedEtag(tag: string, coding: string): string {
  return tag.replace(/"$/, `-${coding}"`);
}
