import { BUFFER_BYTES, pump, readerOfKept } from "../../edge/body/pump.ts";
import { Sink } from "../../edge/body/sink.ts";
import type { PlainCache } from "../../edge/cache/own-cache.ts";
import { FillBudget, fillBounds } from "../../edge/fill/fill-budget.ts";
import { ENVELOPE_HEADER, envelopeHead, envelopeSeconds, openEnvelope } from "../../edge/tier/envelope.ts";
import { log } from "../../log/log.ts";
import { inTime } from "../../memo/within.ts";
import type { Settings } from "../../settings.ts";

/**
 * What a call of the tier leaves to others that wait for the same key. It is not a stream, since one request cannot read
 * another's.
 */
type Shared =
  | { kind: "whole"; head: string; body: Blob }
  /** The cache has it, or will have it if `kept` resolves to true. */
  | { kind: "large"; kept: Promise<boolean> }
  /** Nothing that can be shared. */
  | { kind: "unshared" };

/** A call under way. */
interface Leader {
  outcome: Promise<Shared>;
  begunAt: number;
  followers: number;
}

/** An envelope, as stored beside its body. */
interface Entry {
  head: string;
  /** Ms since the epoch. */
  until: number;
}

/** How long a large body is waited for, ms. Then it is asked for again, past the cache. */
const LARGE_PATIENCE_MS = 2_500;

/** After this time the platform may have ended a call without a word, ms. */
const LONGEST_MS = 120_000;

/** After this much silence from an origin its body counts as broken off, ms. The edge's own limit may be shorter. */
const IDLE_MS = 60_000;

/** The cache in front of the tier on one machine, like Workers Cache on Cloudflare: by key, for as long as an envelope says. */
export class TierCache {
  readonly #cache: PlainCache;
  readonly #stalledMs: number;
  readonly #leaders = new Map<string, Leader>();
  readonly #fills: FillBudget;

  /** @param fillBytes how many bytes of bodies under way it may hold */
  constructor(cache: PlainCache, { stalledClientMs, fillBytes }: Pick<Settings, "stalledClientMs" | "fillBytes">) {
    this.#cache = cache;
    this.#stalledMs = stalledClientMs;
    this.#fills = new FillBudget(fillBounds(fillBytes));
  }

  /**
   * The answer for a key: from the cache, from a call under way for the same key, or from a call of `ask`.
   *
   * @param zone id of the zone, whose part of the cache can be freed at once
   */
  async answer(
    key: string,
    zone: string,
    ask: () => Promise<Response>,
    waitUntil: (work: Promise<unknown>) => void,
  ): Promise<Response> {
    const url = `https://tier.invalid/.cache/primary/${zone}/${key}`;
    const kept = await this.#read(url);
    if (kept !== null) return kept;
    const leader = this.#leaders.get(url);
    if (leader !== undefined && Date.now() - leader.begunAt < LONGEST_MS) {
      const shared = await this.#follow(leader, url);
      return shared ?? ask();
    }
    return this.#lead(url, zone, ask, waitUntil);
  }

  async #read(url: string): Promise<Response | null> {
    const cached = await this.#cache.read(url);
    if (cached === null) return null;
    const entry = cached.entry === null ? null : (JSON.parse(cached.entry) as Entry);
    if (entry !== null && entry.until > Date.now()) return toResponse(entry.head, cached.body);
    await cached.body.cancel().catch(() => undefined); // one that has failed is gone anyway
    return null;
  }

  /** The result of another call; null: there is nothing that can be shared in time. */
  async #follow(leader: Leader, url: string): Promise<Response | null> {
    leader.followers++;
    try {
      const shared = await leader.outcome;
      if (shared.kind === "unshared") return null;
      if (shared.kind === "whole") return toResponse(shared.head, shared.body);
      return (await inTime(LARGE_PATIENCE_MS, shared.kept)) === true ? await this.#read(url) : null;
    } finally {
      leader.followers--;
    }
  }

  async #lead(
    url: string,
    zone: string,
    ask: () => Promise<Response>,
    waitUntil: (work: Promise<unknown>) => void,
  ): Promise<Response> {
    const { promise: outcome, resolve: settle } = Promise.withResolvers<Shared>();
    const leader: Leader = { outcome, begunAt: Date.now(), followers: 0 };
    this.#leaders.set(url, leader);
    const end = () => {
      settle({ kind: "unshared" });
      if (this.#leaders.get(url) === leader) this.#leaders.delete(url);
    };
    try {
      const response = await ask();
      const seconds = envelopeSeconds(response);
      const head = envelopeHead(response);
      if (seconds === 0 || head === null) {
        end();
        return response;
      }
      const entry: Entry = { head, until: Date.now() + seconds * 1000 };
      const { readable, writable } = new IdentityTransformStream();
      const client = new Sink(writable, this.#stalledMs);
      const done = this.#keep(url, zone, response, entry, client, leader, settle)
        .catch((error: unknown) => log("store_failed", { key: url, error }))
        .finally(end);
      waitUntil(done);
      return toResponse(head, readable);
    } catch (error) {
      end();
      throw error;
    }
  }

  /** Reads a body once: it goes to the edge as it comes, and into the cache. */
  async #keep(
    url: string,
    zone: string,
    response: Response,
    entry: Entry,
    client: Sink,
    leader: Leader,
    settle: (shared: Shared) => void,
  ): Promise<void> {
    const envelope = openEnvelope(response);
    const length = envelope?.kind === "answer" ? envelope.length : 0;
    const text = JSON.stringify(entry);
    const large = Promise.withResolvers<boolean>();
    const permit = this.#fills.begin(zone, Date.now());
    const { hold, release } = permit;
    let put: Promise<void> | null = null;
    const openStore = () => {
      settle({ kind: "large", kept: large.promise });
      const { readable, writable } = new IdentityTransformStream();
      put = this.#cache.write(url, { entry: text, body: readable, tags: null });
      // A write that fails before it has read its stream would leave the writer waiting.
      put.catch((error) => readable.cancel(error).catch(() => undefined));
      return writable;
    };
    if (length !== null && length > BUFFER_BYTES) settle({ kind: "large", kept: large.promise });
    try {
      const body = response.body ?? new Response("").body!;
      const keeping = {
        hold,
        release,
        openStore,
        keepNothing: () => undefined,
        needsHash: false,
        isAwaited: () => leader.followers > 0,
      };
      const bounds = {
        expected: length,
        maxStoredBytes: Number.MAX_SAFE_INTEGER,
        idleMs: IDLE_MS,
        stalledMs: this.#stalledMs,
        received: () => undefined,
      };
      const outcome = await pump(readerOfKept(body, length), { client, keeping }, bounds);
      if (outcome.kind === "buffered") {
        settle({ kind: "whole", head: entry.head, body: outcome.body });
        await this.#cache.write(url, { entry: text, body: outcome.body, tags: null });
      } else if (outcome.kind === "streamed") {
        await put;
        large.resolve(true);
      } else await (put as Promise<void> | null)?.catch(() => undefined);
    } finally {
      large.resolve(false);
      permit.end();
    }
  }
}

function toResponse(head: string, body: ReadableStream | Blob): Response {
  return new Response(body, { headers: { "content-type": "application/octet-stream", [ENVELOPE_HEADER]: head } });
}
