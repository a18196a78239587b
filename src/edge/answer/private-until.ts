import { parseCacheControl } from "../../http/cache-control.ts";
import { parseHttpDate } from "../../http/dates.ts";
import { targetedFields } from "../../http/targeted-cache-control.ts";
import { BoundedMap } from "../../memo/bounded-map.ts";

/** The parts of a `Cache-Control` that hold for one client's own copy. */
interface Said {
  noStore: boolean;
  maxAge: number | null;
  /** Directives that restrict a cache, as they follow `max-age`. */
  kept: string;
}

/** Only a few values of this field are in use. */
const read = new BoundedMap<string, Said>({ entries: 256 }, "everything");
const LONGEST_REMEMBERED = 128;

/**
 * Makes an answer one client's own, to be kept no longer than the client's right to it lasts. If nothing says how long it may
 * be kept, it may not be kept at all.
 *
 * @param left how long that right still lasts, ms
 * @param targeted fields for caches beyond this one, which would share one client's answer or keep it too long
 */
export function keepPrivate(
  headers: Headers,
  left: number,
  targeted: readonly string[] = targetedFields(headers),
): void {
  const { noStore, maxAge, kept } = saidIn(headers.get("cache-control") ?? "");
  const lifetime = maxAge ?? lifetimeByDate(headers) ?? 0;
  headers.delete("expires");
  for (const name of targeted) headers.delete(name);
  if (noStore) return;
  const seconds = Math.max(Math.min(lifetime, Math.floor(left / 1_000)), 0);
  headers.set("cache-control", `private, max-age=${seconds}${kept}`);
}

function saidIn(text: string): Said {
  const known = read.get(text);
  if (known !== undefined) return known;
  const { noStore, maxAge = null, noCache, noTransform, mustRevalidate } = parseCacheControl(text);
  const kept = [
    noCache !== false && ", no-cache",
    noTransform && ", no-transform",
    mustRevalidate && ", must-revalidate",
  ];
  const said = { noStore, maxAge, kept: kept.filter(Boolean).join("") };
  if (text.length <= LONGEST_REMEMBERED) read.set(text, said);
  return said;
}

/** RFC 9111 §4.2.1: the lifetime of a response with `Expires`. */
function lifetimeByDate(headers: Headers): number | null {
  const expires = parseHttpDate(headers.get("expires") ?? "");
  const date = parseHttpDate(headers.get("date") ?? "");
  return expires === null || date === null ? null : Math.floor((expires - date) / 1_000);
}
