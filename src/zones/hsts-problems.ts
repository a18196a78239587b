import type { StoredSettings } from "./settings.ts";

const YEAR_SECONDS = 31_536_000;

/** What is wrong with a zone's HSTS after a change: the field, and the predicate of a sentence; null: nothing. */
export function hstsProblem({ hsts }: StoredSettings): { field: string; message: string } | null {
  if (hsts == null) return null;
  if (hsts.max_age === undefined) return { field: "settings.hsts.max_age", message: "is required" };
  if (hsts.preload !== true || (hsts.include_subdomains === true && hsts.max_age >= YEAR_SECONDS)) return null;
  return {
    field: "settings.hsts.preload",
    message: `wants include_subdomains and a max_age of ${YEAR_SECONDS} at least: browsers' lists take no less`,
  };
}

/** What a zone's owner should know about its settings. */
export function warningsOf({ hsts }: StoredSettings): string[] {
  if (hsts?.preload !== true) return [];
  return [
    "hsts.preload cannot be taken back for years: browsers carry the list in their builds, with all hosts below the domain, also those that speak no https yet. It is of use only on a domain of your own.",
  ];
}
