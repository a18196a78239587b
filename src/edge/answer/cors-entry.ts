import { onceFor } from "../../memo/once-for.ts";

/**
 * The entry of a zone's `cors` list that lets an origin's pages read answers; null: none does. `https://*.example.com` stands
 * for all hosts below a domain, at any depth, but not for the domain itself.
 *
 * @param origin as the client sent it, which may be any text
 */
export function corsEntryOf(list: readonly string[], origin: string): string | null {
  if (list.includes(origin)) return origin;
  for (const entry of wildcardsOf(list)) if (isBelow(entry, origin)) return entry;
  return null;
}

/** Whether an entry is for all hosts below a domain. */
export function isWildcard(entry: string): boolean {
  return entry.includes("*");
}

/** Each list is searched only once: a zone's settings object never changes. */
const wildcardsOf = onceFor((list: readonly string[]): readonly string[] => list.filter(isWildcard));

/** The `*` may only match characters of a hostname, so that no other URL passes because of how it ends. */
function isBelow(entry: string, origin: string): boolean {
  const star = entry.indexOf("*");
  const end = origin.length - (entry.length - star - 1);
  if (end <= star || !origin.startsWith(entry.slice(0, star)) || !origin.endsWith(entry.slice(star + 1))) return false;
  return /^[a-z0-9._-]+$/.test(origin.slice(star, end));
}
