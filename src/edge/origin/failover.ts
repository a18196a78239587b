import { textHash } from "../../text-hash.ts";
import type { ZoneDocument } from "../../zones/zone.ts";
import type { Candidate } from "./candidates.ts";

/** How many retries one request may take if the zone does not say. */
const MOST_RETRIES = 3;

/** The parts of a zone that decide failover. */
type Failover = Pick<ZoneDocument, "settings" | "ruled">;

/**
 * The origins that a request goes to, one after the other until one answers. The first is chosen by weight, always the same one
 * for a URL, so that it can validate its own answers. The others follow in the zone's order, and those that are down come last.
 * Drained origins are not asked. A single origin is asked again if the zone wants retries.
 *
 * @param isDown whether an origin is known to be down
 * @param asked tells requests apart
 */
export function turnsOf(
  candidates: readonly Candidate[],
  { settings, ruled }: Failover,
  isDown: (candidate: Candidate) => boolean,
  asked: string,
): readonly Candidate[] {
  const own = candidates.filter(({ isFallback, isDrained }) => !isFallback && !isDrained);
  const up = own.filter((candidate) => !isDown(candidate));
  const first = up.find(({ name }) => name !== null && name === ruled?.origin) ?? pick(up, asked);
  const inOrder = [
    ...(first === null ? [] : [first]),
    ...up.filter((candidate) => candidate !== first),
    ...own.filter((candidate) => !up.includes(candidate)),
  ];
  const retries = settings.failover.retries ?? Math.min(own.length - 1, MOST_RETRIES);
  const turns = Array.from({ length: retries + 1 }, (_, turn) => inOrder[turn % inOrder.length]!);
  return [...turns, ...candidates.filter(({ isFallback }) => isFallback)];
}

/**
 * When a zone's origin is asked, whatever the URL: `first`, for its share of URLs; `next`, if the one before it has failed;
 * `last`, since it is down; `never`, since it is drained.
 */
export type Turn = "first" | "next" | "last" | "never";

/** The turn that {@link turnsOf} gives an origin if no rule names one. */
export function turnOf(
  candidate: Candidate,
  candidates: readonly Candidate[],
  isDown: (candidate: Candidate) => boolean,
): Turn {
  if (candidate.isDrained) return "never";
  const own = candidates.filter(({ isFallback, isDrained }) => !isFallback && !isDrained);
  const up = own.filter((one) => !isDown(one));
  const weighted = up.filter(({ weight }) => weight > 0);
  const first = weighted.length > 0 ? weighted : (up.length > 0 ? up : own).slice(0, 1);
  if (first.includes(candidate)) return "first";
  return isDown(candidate) ? "last" : "next";
}

/** How often origins are asked for one request, at most. */
export function mostTurns({
  settings: { origins, failover, fallback_origin },
}: Pick<ZoneDocument, "settings">): number {
  const retries = failover.retries ?? Math.min(Math.max(origins.length - 1, 0), MOST_RETRIES);
  return 1 + retries + (fallback_origin === null ? 0 : 1);
}

/** Whether the next origin is asked after an answer with this status. */
export function isFailoverStatus(
  status: number,
  { failover: { statuses = ["5xx"] } }: ZoneDocument["settings"],
): boolean {
  return statuses.some((chosen) => (chosen === "5xx" ? status >= 500 && status <= 599 : chosen === status));
}

/**
 * Picks one of the origins by weight (weighted rendezvous hashing): if one leaves, only its own URLs move. Null: none has any
 * weight.
 */
function pick(candidates: readonly Candidate[], asked: string): Candidate | null {
  const weighted = candidates.filter(({ weight }) => weight > 0);
  if (weighted.length <= 1) return weighted[0] ?? candidates[0] ?? null;
  let best: Candidate | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const candidate of weighted) {
    const score = -Math.log(drawn(`${candidate.id} ${asked}`)) / candidate.weight;
    if (score < least) [best, least] = [candidate, score];
  }
  return best;
}

/** A number above 0 and below 1, derived from a text. */
function drawn(text: string): number {
  const bytes = Uint8Array.fromBase64(textHash(text), { alphabet: "base64url" });
  return (bytes.subarray(0, 6).reduce((number, byte) => number * 256 + byte, 0) + 1) / (2 ** 48 + 1);
}
