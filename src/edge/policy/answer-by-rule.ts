import type { EdgeRule } from "../../zones/rules/edge-rule.ts";
import type { ZoneDocument } from "../../zones/zone.ts";
import type { Condition } from "./condition.ts";
import type { Glob } from "./glob.ts";
import { redirectLocation } from "./redirect-location.ts";

/** An answer that a rule gives. */
export type RuledAnswer =
  | { kind: "denied"; status: number; text: string | null }
  | { kind: "redirect"; status: number; location: string }
  | { kind: "robots"; text: string };

/** A rule made ready. */
export interface ReadyRule {
  rule: EdgeRule;
  /** Its place in the zone's list. */
  place: number;
  condition: Condition;
  globs: readonly Glob[];
}

/**
 * What is answered in place of the caches and the origin; null: they are asked.
 *
 * @param matched the rules that match, in order
 */
export function answerByRule(
  { settings: { https, robots_txt } }: ZoneDocument,
  matched: readonly ReadyRule[],
  url: URL,
  path: string,
  isHttps: boolean,
): RuledAnswer | null {
  if (https === "redirect" && !isHttps)
    return { kind: "redirect", status: 308, location: `https://${url.hostname}${url.pathname}${url.search}` };
  if (robots_txt !== null && path === "/robots.txt") return { kind: "robots", text: robots_txt };
  for (const { rule, globs } of matched) {
    const { deny, redirect } = rule.do;
    if (deny !== undefined) return { kind: "denied", status: deny.status ?? 403, text: deny.text ?? null };
    if (redirect === undefined) continue;
    const location = redirectLocation(redirect, capturesOf(globs, path), url.search);
    if (!leadsBack(location, url)) return { kind: "redirect", status: redirect.status ?? 302, location };
  }
  return null;
}

function capturesOf(globs: readonly Glob[], path: string): readonly string[] {
  for (const glob of globs) {
    const captures = glob.captures(path);
    if (captures !== null) return captures;
  }
  return [];
}

/** A redirect to the same URL would never end. */
function leadsBack(location: string, asked: URL): boolean {
  const url = URL.parse(location, asked.href);
  return url !== null && url.host === asked.host && url.pathname === asked.pathname && url.search === asked.search;
}
