/** Characters before what was found, and in all. */
const BEFORE = 40;
const LENGTH = 140;

/** A part of an excerpt. */
export interface ExcerptPart {
  text: string;
  isFound: boolean;
}

/** The words of a text around the first of some terms, which are in lower case, with the terms told apart. */
export function excerptOf(text: string, terms: readonly string[]): ExcerptPart[] {
  const lower = text.toLowerCase();
  const places = terms.map((term) => lower.indexOf(term)).filter((place) => place !== -1);
  const first = places.length === 0 ? 0 : Math.min(...places);
  const from = first <= BEFORE ? 0 : text.indexOf(" ", first - BEFORE) + 1;
  const whole = text.slice(from, from + LENGTH);
  const shown = from + LENGTH < text.length ? `${whole.replace(/\s\S*$/, "")} …` : whole;
  const parts: ExcerptPart[] = from > 0 ? [{ text: "… ", isFound: false }] : [];
  if (terms.length === 0) return [...parts, { text: shown, isFound: false }];
  // Terms are made of letters, digits, dashes and underscores: none means anything else in a pattern.
  const pattern = new RegExp(`(${terms.join("|")})`, "giu");
  // Every other part is one that the pattern has found.
  for (const [index, part] of shown.split(pattern).entries())
    if (part !== "") parts.push({ text: part, isFound: index % 2 === 1 });
  return parts;
}
