import MiniSearch from "minisearch";
import { type Part, SEARCH_OPTIONS } from "./search-options.ts";

/** Reads the index that the site was built with. This is loaded together with it, when somebody searches. */
export function readIndex(json: string): MiniSearch<Part> {
  return MiniSearch.loadJSON(json, SEARCH_OPTIONS);
}
