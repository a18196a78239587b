import { LIFETIME_SOURCES } from "../../why/lifetimes.ts";
import type { StoredReport, WhyReport } from "../../why/report.ts";
import { spoken } from "./told.ts";

/** A report without its sentences. */
type Told = Omit<WhyReport, "summary" | "story">;

/** What the edge would do, in one sentence. */
export function summaryOf({ decision, stored, origin }: Told): string {
  const { kind, status, word } = decision;
  switch (kind) {
    case "hit":
      return `A hit: it is stored here, ${spoken(stored!.age)} old and fresh for ${spoken(stored!.ttl)} more.`;
    case "stale":
      return `Served though it is stale. ${word?.means ?? ""}`.trim();
    case "validate":
      return "It is stored here, but stale: the origin is asked whether it is still valid.";
    case "fetch": {
      const verdict = origin?.verdict ?? null;
      if (verdict === null) return `A miss: ${nothingStored(stored)}, so the origin is asked, and its answer decides.`;
      if (!verdict.stored)
        return `A miss each time: the answer is not stored (${verdict.word!.word}). ${verdict.word!.means}`;
      return `A miss now, since ${nothingStored(stored)}, and then a hit for ${spoken(verdict.lifetime.seconds)}.`;
    }
    case "wait":
      return "A miss that waits: another request is already fetching it from the origin.";
    case "pass":
      return `Passed to the origin for this client alone. ${word?.means ?? "No cache answers requests with this method."}`;
    case "answer":
      return word?.means ?? "The edge itself answers what the zone allows.";
    case "refuse":
      return `Refused with ${status}. ${word!.means}`;
    default:
      return kind satisfies never;
  }
}

function nothingStored(stored: StoredReport | null): string {
  return stored?.use === "purged" ? "what was stored here has been purged" : "nothing is stored here for it";
}

/**
 * The same, step by step: whose it is, what is asked for, who may have it, what is stored, what is done, and what to do about
 * it.
 */
export function storyOf(report: Told, asksOrigin: boolean): string[] {
  const { zone, hostname, rules, access, decision, stored, purges, origin } = report;
  const own = hostname.custom ? ", a hostname of yours," : "";
  const story = [`${hostname.name}${own} leads to the zone ${zone.name}.`, targetSentence(report)];
  for (const { place, name, does } of rules) {
    story.push(`Rule ${place}${name === null ? "" : ` (${name})`} matches: it sets ${does.join(", ")}.`);
  }
  if (access.verdict === "refused") story.push(`The zone's policy refuses the request (${access.word!.word}).`);
  if (access.until !== null) story.push(`The URL's signature is valid until ${access.until}.`);
  story.push(storedSentence(report));
  const hitting = purges.find(({ hits }) => hits);
  if (stored !== null && hitting !== undefined) {
    const what = hitting.kind === "everything" ? "everything" : `this ${hitting.kind}`;
    story.push(
      `A ${hitting.soft ? "soft " : ""}purge of ${what} (version ${hitting.version}) came after it was asked for.`,
    );
  }
  story.push(summaryOf(report));
  if (decision.word !== null && decision.kind !== "hit") story.push(decision.word.cure);
  if (origin !== null) story.push(...origin.story);
  else if (asksOrigin) story.push("The origin was not asked, since the edge would not ask it for this request either.");
  else if (decision.asks_origin) story.push("Ask with ask_origin=true to see what the origin answers.");
  return [...new Set(story)];
}

function targetSentence({ target: { path, query, asset, ttl } }: Told): string {
  const what = asset === null ? "a name that says nothing about its type" : `an asset of the type ${asset.type}`;
  const isFirst = ttl.mode === "override" ? "whatever the origin says" : "unless the origin says otherwise";
  const lifetime =
    ttl.seconds === null
      ? "only the origin decides for how long it is fresh"
      : `${ttl.setting} gives it ${spoken(ttl.seconds)}, ${isFirst}`;
  return `It asks for ${path}${query}, ${what}: ${lifetime}.`;
}

/** `LOCAL` is not a location of a network, but a process of a server on one machine. */
function placeOf(location: string): string {
  return location === "LOCAL" ? "the process that answers" : location;
}

function storedSentence({ stored, location }: Told): string {
  if (stored === null) return `Nothing is stored for it in ${placeOf(location)}, where this was asked.`;
  const { where, age, ttl, lifetime, use } = stored;
  const { says } = LIFETIME_SOURCES[lifetime.source as keyof typeof LIFETIME_SOURCES];
  const state = use === "purged" ? "purged" : ttl > 0 ? `fresh for ${spoken(ttl)} more` : `stale for ${spoken(-ttl)}`;
  const place = where === "memory" ? "the memory of the isolate that answers" : `the cache of ${placeOf(location)}`;
  return `It is stored in ${place}, ${spoken(age)} old, ${state}. Its lifetime of ${spoken(lifetime.seconds)} comes from ${says}.`;
}
