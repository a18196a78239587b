import type { KeyList } from "../stored-keys.ts";
import type { Place } from "./query-name.ts";

/** How many names an answer may list. */
const LISTED = 1_000;
/** The longest JSON of a list, in characters; Base64 adds a third. */
const LONGEST_JSON = 45_000;

/** Names in alphabetical order; `more`: there are others, which did not fit or were not looked at. */
export interface Listing {
  names: string[];
  more: boolean;
}

/**
 * The labels of the keys stored below `[label.]*resource` in a namespace, without their common ending. An empty list: the
 * resource has only a record of its own. Null: nothing is stored at or below it.
 *
 * @param list the resource's keys
 */
export function listKeys(list: KeyList, { namespace, version }: Place, below: string): Listing | null {
  const own = `${below}.${namespace}.${version}`;
  const found = list.keys.filter((key) => key === own || key.endsWith(`.${own}`));
  if (found.length === 0) return null;
  return fitting(
    found.filter((key) => key !== own).map((key) => key.slice(0, -own.length - 1)),
    list.more,
  );
}

/** The resources of a namespace that have records. */
export function listResources(list: KeyList): Listing {
  return fitting([...new Set(list.keys.map((key) => key.split(".").at(-3)!))], list.more);
}

/** The keys of a namespace, or of one of its resources, that contain a text in the part left of the namespace. */
export function searchKeys(list: KeyList, { namespace, version }: Place, text: string): Listing {
  const ending = `.${namespace}.${version}`.length;
  return fitting(
    list.keys.filter((key) => key.slice(0, -ending).includes(text)),
    list.more,
  );
}

function fitting(all: string[], more: boolean): Listing {
  const names: string[] = [];
  let length = 2;
  for (const name of all.sort()) {
    length += name.length + 3; // quotes and a comma
    if (names.length === LISTED || length > LONGEST_JSON) return { names, more: true };
    names.push(name);
  }
  return { names, more };
}
