import type { AnnouncedTail } from "../../accounts/account-document.ts";
import { log } from "../../log/log.ts";
import { isRecent } from "../../memo/is-recent.ts";
import { EventBuffer } from "./event-buffer.ts";
import { type Filtered, PreparedFilter } from "./tail-filter.ts";
import { MOST_A_SECOND, type TailBatch, type TailPace, type ToldEvents } from "./tail-protocol.ts";

/** Receives the batches of a zone's tail. Null: nobody listens. */
export interface TailTaker {
  take(batch: TailBatch): Promise<TailPace | null>;
}

type WaitUntil = (work: Promise<unknown>) => void;

/** The most that waits here for a batch, whatever clients send (bytes). */
const MOST_LENGTH = 4_194_304;
/** The interval until the object has set one: short, so that the first events come soon. */
const FIRST_INTERVAL_MS = 250;
/** After so long, work may have been dropped by the platform, and other requests take it over. */
const ABANDONED_MS = 20_000;
/** An isolate that was told that nobody listens asks again after this time, if the tail is still announced. */
const REST_MS = 15_000;

/** Reports to the tail of one zone what this isolate answers. */
export class TailSender {
  readonly #taker: () => TailTaker;
  readonly #source: Pick<TailBatch, "isolate" | "location">;
  readonly #zone: string;
  #pace: TailPace;
  /** Null: not known yet. */
  #filters: readonly { id: string; filter: PreparedFilter }[] | null = null;
  /** Their ids, if each of them lets everything pass. */
  #everybody: readonly string[] | null = null;
  #restsUntil = 0;
  /** By the ids of the filters that let them pass. */
  readonly #events = new Map<string, Pick<ToldEvents, "to" | "count"> & { buffer: EventBuffer }>();
  #count = 0;
  #length = 0;
  #passed: readonly string[] | null = null;
  #omitted: Record<string, number> = {};
  #matched = 0;
  #since = 0;
  /** The share of the next event that has accumulated. */
  #share = 0;
  #dueSince: number | null = null;

  /** @param taker gives the zone's tail, each time a batch is sent */
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

  /** Whether somebody listens, as far as known here. @param now ms since the epoch */
  isActive(now: number): boolean {
    return now < this.#pace.until && now >= this.#restsUntil;
  }

  /**
   * Takes in what was announced: it may last longer than known before.
   *
   * @param isNew whether it may have been announced again since the last time, so somebody may listen again
   */
  learn({ until }: AnnouncedTail, isNew: boolean): void {
    if (until > this.#pace.until) this.#pace = { ...this.#pace, until };
    if (isNew) this.#restsUntil = 0;
  }

  /** Whether the event of this request should be passed to {@link add}. It is counted either way, and a batch is scheduled. */
  wants(request: Filtered, now: number, waitUntil: WaitUntil): boolean {
    this.#arrange(now, waitUntil);
    const passed = this.#everybody ?? this.#passedBy(request);
    if (passed !== null && passed.length === 0) return false;
    this.#matched++;
    this.#share += this.#pace.fraction;
    if (this.#share >= 1 && this.#count < this.#pace.most && this.#length < MOST_LENGTH) {
      this.#share = Math.min(this.#share - 1, 1);
      this.#passed = passed;
      return true;
    }
    for (const id of passed ?? [""]) this.#omitted[id] = (this.#omitted[id] ?? 0) + 1;
    return false;
  }

  /** The ids of the filters that a request passes; null: they are not known. */
  #passedBy(request: Filtered): readonly string[] | null {
    return this.#filters?.filter(({ filter }) => filter.matches(request)).map(({ id }) => id) ?? null;
  }

  /** Takes in the event of the last request that was wanted. @param json of it, in one line */
  add(json: string): void {
    const to = this.#passed;
    const key = to === null ? "" : to.join();
    let told = this.#events.get(key);
    if (told === undefined) {
      told = { to, buffer: new EventBuffer(), count: 0 };
      this.#events.set(key, told);
    }
    const before = told.buffer.length;
    told.buffer.add(json);
    told.count++;
    this.#count++;
    this.#length += told.buffer.length - before;
  }

  #arrange(now: number, waitUntil: WaitUntil): void {
    if (this.#dueSince !== null && isRecent(this.#dueSince, ABANDONED_MS, now)) return;
    this.#dueSince = now;
    if (this.#since === 0) this.#since = now;
    waitUntil(scheduler.wait(this.#pace.intervalMs).then(() => this.deliver()));
  }

  /** Sends what there is to the tail, and learns how to go on. Never fails. */
  async deliver(): Promise<void> {
    this.#dueSince = null;
    const now = Date.now();
    const batch: TailBatch = {
      ...this.#source,
      events: [...this.#events.values()].map(({ to, buffer, count }) => ({ to, bytes: buffer.take(), count })),
      matched: this.#matched,
      ms: Math.max(this.#pace.intervalMs, now - this.#since),
      omitted: this.#omitted,
    };
    const count = this.#count;
    this.#events.clear();
    this.#count = 0;
    this.#length = 0;
    this.#omitted = {};
    this.#matched = 0;
    this.#since = now;
    try {
      this.#follow(await this.#taker().take(batch), Date.now());
    } catch (error) {
      log("tail_not_told", { zone: this.#zone, error });
      // Reported as left out, with the next batch.
      this.#omitted[""] = (this.#omitted[""] ?? 0) + count;
      for (const [id, count] of Object.entries(batch.omitted)) this.#omitted[id] = (this.#omitted[id] ?? 0) + count;
    }
  }

  #follow(pace: TailPace | null, now: number): void {
    if (pace === null) {
      this.#restsUntil = now + REST_MS;
      this.#filters = null;
      this.#everybody = null;
      return;
    }
    const isSame = JSON.stringify(pace.filters) === JSON.stringify(this.#pace.filters);
    this.#pace = pace;
    if (isSame && this.#filters !== null) return;
    this.#filters = pace.filters.map((filter) => ({ id: filter.id, filter: new PreparedFilter(filter) }));
    this.#everybody = this.#filters.every(({ filter }) => filter.isEmpty) ? this.#filters.map(({ id }) => id) : null;
  }
}
