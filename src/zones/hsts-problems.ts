import type { StoredSettings } from "./settings.ts";

const YEAR_SECONDS = 31_536_000;

/** What is wrong with a zone's HSTS after a change: the field, and the predicate of a sentence; null: nothing. */
export function hstsProblem({ hsts }: StoredSettings): { field: string; message: string } | null {
  if (hsts == null) return null;
  if (hsts.max_age === undefined) return { field: "settings.hsts.max_age", message: "is required" };
  if (hsts.preload !== true || (hsts.include_subdomains === true && hsts.max_age >= YEAR_SECONDS)) return null;
  return {
    field: "settings.hsts.preload",
    message: `needs include_subdomains and a max_age of at least ${YEAR_SECONDS}: browsers' lists accept no less`,
  };
}

/** What a zone's owner should know about its settings. */
export function warningsOf({ hsts }: StoredSettings): string[] {
  if (hsts?.preload !== true) return [];
  return [
    "hsts.preload cannot be undone for years: browsers have the list built in, and it covers all hosts below the domain, even those that do not support https yet. It is useful only on a domain of your own.",
  ];
}
