/** How many characters precede the found term, and how many an excerpt has in all. */
const BEFORE = 40;
const LENGTH = 140;

/** A part of an excerpt. */
export interface ExcerptPart {
  text: string;
  isFound: boolean;
}

/** The part of a text around the longest of some terms, which are in lower case, with all terms marked. */
export function excerptOf(text: string, terms: readonly string[]): ExcerptPart[] {
  const longest = terms
    .toSorted((a, b) => b.length - a.length)
    .find((term) => placeOf(text.toLowerCase(), term) !== -1);
  const first = longest === undefined ? 0 : placeOf(text.toLowerCase(), longest);
  const from = first <= BEFORE ? 0 : text.indexOf(" ", first - BEFORE) + 1;
  const whole = text.slice(from, from + LENGTH);
  const shown = from + LENGTH < text.length ? `${whole.slice(0, whole.lastIndexOf(" ") + 1)}…` : whole;
  const parts: ExcerptPart[] = from > 0 ? [{ text: "… ", isFound: false }] : [];
  let rest = shown;
  for (let found = firstOf(rest, terms); found !== null; found = firstOf(rest, terms)) {
    const end = found.at + found.length;
    parts.push({ text: rest.slice(0, found.at), isFound: false }, { text: rest.slice(found.at, end), isFound: true });
    rest = rest.slice(end);
  }
  return [...parts, { text: rest, isFound: false }].filter((part) => part.text !== "");
}

/** Where the first of some terms is in a text; the longest, if several begin there. */
function firstOf(text: string, terms: readonly string[]): { at: number; length: number } | null {
  const lower = text.toLowerCase();
  const places = terms
    .map((term) => ({ at: placeOf(lower, term), length: term.length }))
    .filter(({ at }) => at !== -1)
    .sort((a, b) => a.at - b.at || b.length - a.length);
  return places[0] ?? null;
}

/** Where a word in a text begins with a term; -1: nowhere. */
function placeOf(lower: string, term: string): number {
  for (let at = lower.indexOf(term); at !== -1; at = lower.indexOf(term, at + 1))
    if (at === 0 || !/[\p{L}\p{N}]/u.test(lower[at - 1]!)) return at;
  return -1;
}
