import type { Options } from "minisearch";

/** A part of a guide that can be found; its `id` is its address. */
export interface Part {
  id: string;
  guide: string;
  heading: string;
  text: string;
}

/** How guides are indexed, and therefore how they have to be searched. */
export const SEARCH_OPTIONS: Options<Part> = {
  fields: ["heading", "guide", "text"],
  storeFields: ["heading", "guide", "text"],
  // Names such as `stale-if-error`, `ttl_by_extension` and `/v1/purge` are found by their parts and as a whole.
  tokenize: (text) =>
    text.split(/[^\p{L}\p{N}_-]+/u).flatMap((word) => (/[_-]/.test(word) ? [word, ...word.split(/[_-]+/)] : [word])),
  searchOptions: {
    boost: { heading: 4, guide: 2 },
    prefix: true,
    fuzzy: (term) => (term.length > 4 ? 0.2 : false),
    combineWith: "AND",
  },
};
