import MiniSearch from "minisearch";
import { SEARCH_OPTIONS } from "../../docs/page/search-options.ts";
import type { Guide } from "./guides.ts";

/** The index for the site's search, in the library's format: each section of each guide. */
export function searchIndex(guides: readonly Guide[]): string {
  const index = new MiniSearch(SEARCH_OPTIONS);
  for (const { path, name, sections } of guides)
    for (const { heading, text } of sections) {
      const id = heading === null ? path : `${path}#${heading.id}`;
      index.add({ id, guide: name, heading: heading?.text ?? "", text: text.replace(/\s+/g, " ").trim() });
    }
  return JSON.stringify(index);
}
