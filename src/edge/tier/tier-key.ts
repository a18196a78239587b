import { sha256 } from "@noble/hashes/sha2.js";
import { textHash } from "../../text-hash.ts";
import type { ZoneSettings } from "../../zones/settings.ts";
import type { ZoneDocument } from "../../zones/zone.ts";
import type { StoredResponse } from "../cache/stored-response.ts";
import type { TierQuestion } from "./question.ts";

/** Settings that change neither what an origin is asked, nor what is kept of its answer and for how long. */
const OF_ANSWERS: readonly (keyof ZoneSettings)[] = [
  "browser_ttl",
  "stale_while_revalidate",
  "stale_if_error",
  "shield",
  "response_headers",
  "timeouts",
  "origin_limit",
  "compression",
  "cors",
  "access",
  "signed_urls",
  "rules",
  "https",
  "hsts",
  "canonical",
  "noindex",
  "robots_txt",
  "error_pages",
  "maintenance",
  "logs",
  "server_timing",
];

const known = new WeakMap<ZoneDocument, string>();
const encoder = new TextEncoder();

/**
 * The key under which the tier's cache keeps the answer to a question: the zone, what is asked of it, its settings and its
 * purges. A purge or a change that an edge knows makes another key, so that outdated answers are not found.
 *
 * @param mark the newest purge of it, see `newestMark`
 * @param stale what the question validates. There is no time in the key, so edges that have the same get the same answer
 */
export function tierKeyOf(
  { zone, path, query, fields, ruled, validators, servesErrors }: TierQuestion,
  settings: string,
  mark: number,
  stale: Pick<StoredResponse, "answeredAt"> | null,
): string {
  const validated = validators && [Object.entries(validators).sort(), stale?.answeredAt];
  const parts = [zone.id, path, query, fields, ruled, settings, mark, validated, servesErrors];
  return sha256(encoder.encode(JSON.stringify(parts))).toHex();
}

/** A hash of the settings that decide a zone's questions and answers, including what its rules change. */
export function settingsHashOf(zone: ZoneDocument): string {
  let hash = known.get(zone);
  if (hash === undefined) {
    const settings = Object.entries(zone.settings).filter(([name]) => !OF_ANSWERS.includes(name as keyof ZoneSettings));
    hash = textHash(JSON.stringify([zone.origin, settings.sort()]));
    known.set(zone, hash);
  }
  return hash;
}
