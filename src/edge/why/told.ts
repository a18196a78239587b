import { LIFETIME_SOURCES } from "../../why/lifetimes.ts";
import type { LifetimeReport, ToldWord } from "../../why/report.ts";
import { type CacheWord, WORDS } from "../../why/words.ts";
import type { StoredResponse } from "../cache/stored-response.ts";
import type { Detail } from "../fill/provenance.ts";

/** A word of `Cache-Status` with what it means. */
export function told(word: CacheWord): ToldWord {
  return { word, ...WORDS[word] };
}

/** The word in a detail, which may also name an origin; null: there is none. */
export function toldIn(detail: Detail | undefined): ToldWord | null {
  const word = detail?.split(" ", 1)[0];
  return word === undefined || word.startsWith("origin:") ? null : told(word as CacheWord);
}

/** How long a response is fresh, and who says so. */
export function lifetimeOf({ lifetime, source }: Pick<StoredResponse, "lifetime" | "source">): LifetimeReport {
  const { law, setting } = LIFETIME_SOURCES[source];
  return { seconds: lifetime, source, law, setting };
}

/** A number of seconds in words: `90 seconds`, `2 hours`. */
export function spoken(seconds: number): string {
  const units: [number, string][] = [
    [86_400, "day"],
    [3_600, "hour"],
    [60, "minute"],
  ];
  const [size, unit] = units.find(([length]) => seconds >= 2 * length) ?? [1, "second"];
  const count = Math.round(seconds / size);
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}
