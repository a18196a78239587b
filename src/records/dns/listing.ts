import type { Place } from "./query-name.ts";

/** How many names an answer lists, and how many records are looked through for a search. */
const LISTED = 1_000;
const SEARCHED = 10_000;
/** Characters of a list's JSON; Base64 makes a third more of it. */
const LONGEST_JSON = 45_000;

/** Names in alphabetical order; `more`: there are others that did not fit. */
export interface Listing {
  names: string[];
  more: boolean;
}

/**
 * The labels of the keys stored below `[label.]*resource` in a namespace, without the ending that they share; for a
 * resource that has only a record of its own, an empty list. Null where nothing is stored at or below it.
 */
export async function listKeys(db: D1Database, place: Place, below: string): Promise<Listing | null> {
  const resource = below.slice(below.lastIndexOf(".") + 1);
  const own = `${below}.${place.namespace}.${place.version}`;
  // A key's ending is compared as it is: LIKE would read `_` as any character.
  const { results } = await db
    .prepare(
      `SELECT key FROM records
       WHERE namespace = ?1 AND version = ?2 AND resource = ?3 AND state <> 'deleted'
         AND (key = ?4 OR substr(key, -length(?4) - 1) = '.' || ?4)
       ORDER BY key = ?4 DESC, key LIMIT ?5`,
    )
    .bind(place.namespace, place.version, resource, own, LISTED + 2)
    .all<{ key: string }>();
  if (results.length === 0) return null;
  return fitting(results.filter(({ key }) => key !== own).map(({ key }) => key.slice(0, -own.length - 1)));
}

/** The resources of a namespace that have records. */
export async function listResources(db: D1Database, { namespace, version }: Place): Promise<Listing> {
  const { results } = await db
    .prepare(
      `SELECT DISTINCT resource FROM records
       WHERE namespace = ?1 AND version = ?2 AND state <> 'deleted' ORDER BY resource LIMIT ?3`,
    )
    .bind(namespace, version, LISTED + 1)
    .all<{ resource: string }>();
  return fitting(results.map(({ resource }) => resource));
}

/** The keys of a namespace, or of one of its resources, that contain a text left of their namespace. */
export async function searchKeys(
  db: D1Database,
  { namespace, version }: Place,
  text: string,
  resource: string | null,
): Promise<Listing> {
  const { results } = await db
    .prepare(
      `SELECT key FROM (
         SELECT key FROM records
         WHERE namespace = ?1 AND version = ?2 AND (?3 IS NULL OR resource = ?3) AND state <> 'deleted'
         ORDER BY resource, key LIMIT ?6
       ) WHERE instr(substr(key, 1, length(key) - length(?4)), ?5) > 0 ORDER BY key LIMIT ?7`,
    )
    .bind(namespace, version, resource, `.${namespace}.${version}`, text, SEARCHED, LISTED + 1)
    .all<{ key: string }>();
  return fitting(results.map(({ key }) => key));
}

function fitting(all: string[]): Listing {
  const names: string[] = [];
  let length = 2;
  for (const name of all) {
    length += name.length + 3; // quotes and a comma
    if (names.length === LISTED || length > LONGEST_JSON) return { names, more: true };
    names.push(name);
  }
  return { names, more: false };
}
