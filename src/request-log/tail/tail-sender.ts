import type { AnnouncedTail } from "../../accounts/account-document.ts";
import { log } from "../../log/log.ts";
import { isRecent } from "../../memo/is-recent.ts";
import type { RequestEvent } from "../request-event.ts";
import { type Filtered, PreparedFilter } from "./tail-filter.ts";
import { MOST_A_SECOND, type TailBatch, type TailPace } from "./tail-protocol.ts";

/** What takes the batches of a zone's tail. Null: nobody listens. */
export interface TailTaker {
  take(batch: TailBatch): Promise<TailPace | null>;
}

type WaitUntil = (work: Promise<unknown>) => void;

/** Until the object has said how often: the first events come soon. */
const FIRST_INTERVAL_MS = 250;
/** After so long, work that the platform may have dropped is taken over by others. */
const ABANDONED_MS = 20_000;
/** An isolate that was told that nobody listens asks again after this, should it be announced still. */
const REST_MS = 15_000;

/** Tells the tail of one zone what this isolate answers. */
export class TailSender {
  readonly #taker: () => TailTaker;
  readonly #source: Pick<TailBatch, "isolate" | "location">;
  readonly #zone: string;
  #pace: TailPace;
  #filters: readonly { id: string; filter: PreparedFilter }[] = [];
  #restsUntil = 0;
  #events: RequestEvent[] = [];
  #omitted: Record<string, number> = {};
  #matched = 0;
  #since = 0;
  /** What of the next event is due already. */
  #share = 0;
  #dueSince: number | null = null;

  /** @param taker of the zone, whenever a batch goes out */
  constructor(
    zone: string,
    source: Pick<TailBatch, "isolate" | "location">,
    taker: () => TailTaker,
    tail: AnnouncedTail,
  ) {
    this.#zone = zone;
    this.#source = source;
    this.#taker = taker;
    const { until, fraction } = tail;
    const most = (MOST_A_SECOND * FIRST_INTERVAL_MS) / 1_000;
    this.#pace = { until, fraction, most, intervalMs: FIRST_INTERVAL_MS, filters: [] };
  }

  /** Whether somebody listens, as far as is known here. @param now ms since the epoch */
  isActive(now: number): boolean {
    return now < this.#pace.until && now >= this.#restsUntil;
  }

  /**
   * Takes in what was announced: it may last longer than was known.
   *
   * @param isNew whether it may have been announced since it was taken in last: somebody may listen again
   */
  learn({ until }: AnnouncedTail, isNew: boolean): void {
    if (until > this.#pace.until) this.#pace = { ...this.#pace, until };
    if (isNew) this.#restsUntil = 0;
  }

  /** Whether an event of this request is to be told of. It is counted either way, and a batch is under way from then on. */
  wants(request: Filtered, now: number, waitUntil: WaitUntil): boolean {
    this.#arrange(now, waitUntil);
    const passed = this.#filters.filter(({ filter }) => filter.matches(request));
    if (this.#filters.length > 0 && passed.length === 0) return false;
    this.#matched++;
    this.#share += this.#pace.fraction;
    if (this.#share >= 1 && this.#events.length < this.#pace.most) {
      this.#share = Math.min(this.#share - 1, 1);
      return true;
    }
    for (const id of this.#filters.length === 0 ? [""] : passed.map((one) => one.id))
      this.#omitted[id] = (this.#omitted[id] ?? 0) + 1;
    return false;
  }

  add(event: RequestEvent): void {
    this.#events.push(event);
  }

  #arrange(now: number, waitUntil: WaitUntil): void {
    if (this.#dueSince !== null && isRecent(this.#dueSince, ABANDONED_MS, now)) return;
    this.#dueSince = now;
    if (this.#since === 0) this.#since = now;
    waitUntil(scheduler.wait(this.#pace.intervalMs).then(() => this.deliver()));
  }

  /** Takes what there is to the tail, and learns how to go on. Never fails. */
  async deliver(): Promise<void> {
    this.#dueSince = null;
    const now = Date.now();
    const batch: TailBatch = {
      ...this.#source,
      events: this.#events,
      matched: this.#matched,
      ms: Math.max(this.#pace.intervalMs, now - this.#since),
      omitted: this.#omitted,
    };
    this.#events = [];
    this.#omitted = {};
    this.#matched = 0;
    this.#since = now;
    try {
      this.#follow(await this.#taker().take(batch), Date.now());
    } catch (error) {
      log("tail_not_told", { zone: this.#zone, error });
      // They are told of as left out, with the next batch.
      this.#omitted[""] = (this.#omitted[""] ?? 0) + batch.events.length;
      for (const [id, count] of Object.entries(batch.omitted)) this.#omitted[id] = (this.#omitted[id] ?? 0) + count;
    }
  }

  #follow(pace: TailPace | null, now: number): void {
    if (pace === null) {
      this.#restsUntil = now + REST_MS;
      this.#filters = [];
      return;
    }
    const isSame = JSON.stringify(pace.filters) === JSON.stringify(this.#pace.filters);
    this.#pace = pace;
    if (isSame) return;
    this.#filters = pace.filters.map((filter) => ({ id: filter.id, filter: new PreparedFilter(filter) }));
  }
}
