import type { CacheStatus } from "../../http/cache-status.ts";
import { isWithoutContent } from "../../http/statuses.ts";
import { log } from "../../log/log.ts";
import { BoundedMap } from "../../memo/bounded-map.ts";
import { isAhead } from "../../memo/is-recent.ts";
import type { CacheWord } from "../../why/words.ts";
import { newestMark, purgeVerdict } from "../../zones/purge/purge-log.ts";
import { dropBody } from "../body/drop-body.ts";
import { useOfAnswer } from "../cache/lookup.ts";
import { tagHashesOf } from "../cache/origin-fields.ts";
import { freshened, type OriginAnswer, type StoredResponse, toStoredResponse } from "../cache/stored-response.ts";
import { mostTurns } from "../origin/failover.ts";
import type { OriginOutcome } from "../origin/origin.ts";
import { waitOf } from "../origin/origin-slots.ts";
import type { Asked } from "../request/asked.ts";
import { type Envelope, openEnvelope, type TierAnswer } from "./envelope.ts";
import { questionOf, type Stale } from "./question.ts";
import { throughTier } from "./through-tier.ts";
import type { Tier } from "./tier.ts";
import { settingsHashOf, tierKeyOf } from "./tier-key.ts";

/** What the cache above reports of itself (RFC 9211). */
export type StatusAbove = Omit<CacheStatus, "detail"> & { detail?: CacheWord };

/** What came of asking the tier for a whole. */
export type TierOutcome =
  | { kind: "answered"; outcome: OriginOutcome; via: ViaTier }
  /** The origin must be asked without it; `status`: what clients are told of that; null: nothing. */
  | { kind: "direct"; status: StatusAbove | null };

/** How an answer came through the tier. */
export interface ViaTier {
  status: StatusAbove;
  /** The tier had it before it was asked. */
  isHit: boolean;
  zoneVersion: number;
}

/**
 * How long the tier is not asked for what could not be shared, ms: its cache would queue such requests one behind the other.
 */
const UNSHARED_MS = 60_000;
const REMEMBERED_KEYS = 4_000;

/** A tier gets the origin's time and this much more, ms. */
const GRACE_MS = 2_000;

/** The shortest time between two logs of a failing tier, ms. */
const LOG_MS = 60_000;

const DIRECT: TierOutcome = { kind: "direct", status: null };

/** How long to wait for the tier's answer, ms. */
export function tierPatienceOf(zone: Asked["zone"]): number {
  const { timeouts, origin_limit } = zone.settings;
  return timeouts.first_byte_ms * mostTurns(zone) + (origin_limit === null ? 0 : waitOf(origin_limit)) + GRACE_MS;
}

/** The upper tier as an isolate knows it. */
export class UpperTier {
  readonly #tier: Tier;
  readonly #unshared = new BoundedMap<string, number>({ entries: REMEMBERED_KEYS }, "the oldest");
  #loggedAt = Number.NEGATIVE_INFINITY;

  constructor(tier: Tier) {
    this.#tier = tier;
  }

  /**
   * Asks for a whole, or for the validation of what is stale.
   *
   * @param purged hashes of the tags of what was purged here
   */
  async ask(asked: Asked, stale: Stale | null, purged: readonly string[] = []): Promise<TierOutcome> {
    const { zone, target, now } = asked;
    const isUnshared = isAhead(this.#unshared.get(target.key) ?? 0, UNSHARED_MS, now);
    if (isUnshared || throughTier(asked, stale?.stored ?? null) !== "through") return DIRECT;
    try {
      return await this.#askTwice(asked, stale, purged);
    } catch (error) {
      this.#report(zone.name, error);
      return { kind: "direct", status: { fwd: "bypass", detail: "tier-failed" } };
    }
  }

  /** An answer was not whole. Whatever caches hold it, the origin is asked without the tier for a while. */
  distrust({ key }: Asked["target"]): void {
    this.#unshared.set(key, Date.now() + UNSHARED_MS);
  }

  /** If the tier's answer has a tag that was purged here, it is asked once more, under another key. */
  async #askTwice(asked: Asked, stale: Stale | null, purged: readonly string[]): Promise<TierOutcome> {
    const { zone, target } = asked;
    let tagHashes = stale === null ? purged : (stale.stored.tagHashes ?? []);
    for (let attempt = 0; attempt < 2; attempt++) {
      const mark = newestMark(zone.purges, { path: target.path, query: target.query, tagHashes });
      const question = questionOf(zone, target, stale);
      const key = tierKeyOf(question, settingsHashOf(zone), mark, stale?.stored ?? null);
      const { envelope, body } = await this.#askOnce(asked, key, question);
      const isHit = envelope.asker !== question.asker;
      if (envelope.kind !== "answer") return this.#withoutAnswer(envelope, isHit, body);
      const use = isHit ? useOfHit(envelope, asked, stale?.stored ?? null) : "good";
      if (use === "good") return this.#answered(asked, envelope, body, isHit);
      await dropBody(body);
      if (use === "outdated") break;
      tagHashes = [...tagHashes, ...(tagHashesOf(new Headers(envelope.headers)) ?? [])];
    }
    return { kind: "direct", status: { fwd: "bypass", detail: "tier-outdated" } };
  }

  async #askOnce({ zone }: Asked, key: string, question: ReturnType<typeof questionOf>) {
    const timeout = new AbortController();
    const timer = setTimeout(() => timeout.abort(new Error("no answer in time")), tierPatienceOf(zone));
    try {
      const response = await this.#tier.ask(key, question, timeout.signal);
      const envelope = openEnvelope(response);
      if (envelope !== null) return { envelope, body: response.body };
      await dropBody(response.body);
      throw new Error(`an answer without an envelope, with status ${response.status}`);
    } finally {
      clearTimeout(timer);
    }
  }

  async #withoutAnswer(
    envelope: Exclude<Envelope, { kind: "answer" }>,
    isHit: boolean,
    body: ReadableStream | null,
  ): Promise<TierOutcome> {
    await dropBody(body);
    if (envelope.kind === "refused") return { kind: "direct", status: { fwd: "bypass", detail: envelope.reason } };
    const { reason, retryAfter, code } = envelope;
    const status: StatusAbove = isHit ? { hit: true } : { fwd: "miss", detail: reason };
    return {
      kind: "answered",
      outcome: { kind: "failure", failure: { reason, retryAfter, ...(code !== undefined && { code }) } },
      via: { status, isHit, zoneVersion: 0 },
    };
  }

  #answered(
    { target, now }: Asked,
    envelope: Envelope & TierAnswer,
    body: ReadableStream | null,
    isHit: boolean,
  ): TierOutcome {
    const { status, requestedAt, answeredAt, isFallback, origin, version, isShared } = envelope;
    if (!isShared) this.#unshared.set(target.key, now + UNSHARED_MS);
    const response = toResponse(envelope, body);
    const answered: StatusAbove = isHit
      ? { hit: true }
      : { fwd: "miss", fwdStatus: status, ...(isShared && { stored: true }) };
    return {
      kind: "answered",
      outcome: { kind: "answer", response, requestedAt, answeredAt, isFallback, origin },
      via: { status: answered, isHit, zoneVersion: version },
    };
  }

  #report(zone: string, error: unknown): void {
    const now = Date.now();
    if (now - this.#loggedAt < LOG_MS) return;
    this.#loggedAt = now;
    log("tier_failed", { zone, error });
  }
}

/**
 * What an edge may do with an answer that the tier had already. It may be unusable because of a purge that the edge knows
 * ("purged"), or because of its freshness as the edge counts it ("outdated").
 */
function useOfHit(answer: TierAnswer, asked: Asked, stale: StoredResponse | null): "good" | "purged" | "outdated" {
  const { request, target, zone } = asked;
  const { status, requestedAt, answeredAt, version } = answer;
  const response = toResponse(answer, null);
  const said: OriginAnswer = { response, requestedAt, answeredAt, zoneVersion: version };
  const isValidated = status === 304 && stale !== null;
  const stored = isValidated
    ? freshened(stale, said, request.headers, target, zone)
    : toStoredResponse(said, request.headers, target, zone);
  const { path, query } = target;
  const { tagHashes, zoneVersion } = stored;
  if (tagHashes === null) return "outdated";
  if (purgeVerdict(zone.purges, { path, query, tagHashes, version: zoneVersion }).kind !== "valid") return "purged";
  return useOfAnswer(stored, asked).kind === "fresh" ? "good" : "outdated";
}

/**
 * The origin's answer, taken from its envelope. A body of the wrong length breaks: here, if its fields do not state the length
 * as it is sent.
 */
function toResponse({ status, headers: fields, length }: TierAnswer, body: ReadableStream | null): Response {
  const headers = new Headers(fields);
  if (body === null || isWithoutContent(status)) return new Response(null, { status, headers });
  const saysLength = headers.get("content-length") === String(length) && !headers.has("content-encoding");
  const whole = length === null || saysLength ? body : body.pipeThrough(new FixedLengthStream(length));
  return new Response(whole, { status, headers, encodeBody: "manual" });
}
