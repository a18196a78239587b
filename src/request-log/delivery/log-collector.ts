import { log } from "../../log/log.ts";
import { isRecent } from "../../memo/is-recent.ts";
import { LOG_FIELDS, type LogSettings } from "../../zones/log-settings.ts";
import type { RequestEvent } from "../request-event.ts";
import type { LogTaker } from "./log-chunk.ts";

type WaitUntil = (work: Promise<unknown>) => void;

/** The time between chunks: each costs a call and a row, and nobody waits for logs as they do for a tail. */
const INTERVAL_MS = 5_000;
/** A chunk that reaches this length is sent at once (characters). */
const CHUNK_LENGTH = 262_144;
/** The most that waits here for one zone. Beyond it the oldest lines are lost, and counted. */
const MOST_LENGTH = 4_194_304;
/** Pauses before a chunk is sent again. Together with the interval they stay within the 30 s of `waitUntil`. */
const RETRY_MS = [1_000, 2_000, 4_000];
/** After so long without a sign of life, work may have been dropped by the platform, and other requests take it over. */
const ABANDONED_MS = 20_000;
/** How often to check whether a delivery under way has ended. */
const LOOK_MS = 100;

interface Chunk {
  text: string;
  lines: number;
}

/** The log lines of one zone in this isolate, until its outbox has them. */
export class LogCollector {
  readonly #taker: () => LogTaker;
  readonly #zone: string;
  #fields: LogSettings["fields"];
  #sampling = 1;
  #hasFullAddresses = false;
  #share = 0;
  #text = "";
  #lines = 0;
  /** Chunks that have not arrived, oldest first. */
  #waiting: Chunk[] = [];
  #waitingLength = 0;
  #lost = 0;
  #dueSince: number | null = null;
  /** The last sign of life from the delivery under way; null: there is none. */
  #deliveringAt: number | null = null;

  /** @param taker gives the zone's taker, each time a chunk is sent */
  constructor(zone: string, taker: () => LogTaker) {
    this.#zone = zone;
    this.#taker = taker;
  }

  learn({ fields, sampling = 1, addresses }: LogSettings): void {
    this.#fields = fields === undefined || fields.length === LOG_FIELDS.length ? undefined : fields;
    this.#sampling = sampling;
    this.#hasFullAddresses = addresses === "full";
  }

  /** Called when the zone's logs are no longer delivered. */
  forget(): void {
    this.#text = "";
    this.#lines = 0;
    this.#waiting = [];
    this.#waitingLength = 0;
    this.#lost = 0;
  }

  /** Whether to log the next request. */
  wants(): boolean {
    this.#share += this.#sampling;
    if (this.#share < 1) return false;
    this.#share -= 1;
    return true;
  }

  /**
   * @param json of the event
   * @param address the client's, in full
   */
  add(event: RequestEvent, json: string, address: string | null, now: number, waitUntil: WaitUntil): void {
    this.#text += `${this.#isPlain ? json : JSON.stringify(this.#lineOf(event, address))}\n`;
    this.#lines++;
    if (this.#text.length >= CHUNK_LENGTH) {
      this.#close();
      waitUntil(this.#deliver());
      return;
    }
    if (this.#dueSince !== null && isRecent(this.#dueSince, ABANDONED_MS, now)) return;
    this.#dueSince = now;
    waitUntil(
      scheduler.wait(INTERVAL_MS).then(() => {
        this.#dueSince = null;
        this.#close();
        return this.#deliver();
      }),
    );
  }

  /** Whether a line is the event unchanged. */
  get #isPlain(): boolean {
    return this.#fields === undefined && !this.#hasFullAddresses;
  }

  #lineOf(event: RequestEvent, address: string | null): object {
    const whole = this.#hasFullAddresses ? { ...event, address } : event;
    return this.#fields === undefined ? whole : Object.fromEntries(this.#fields.map((name) => [name, whole[name]]));
  }

  /** Sends everything to the outbox, because the isolate is about to end. Never fails. */
  async drain(): Promise<void> {
    this.#close();
    while (this.#isDelivering) await scheduler.wait(LOOK_MS);
    await this.#deliver();
  }

  #close(): void {
    if (this.#lines === 0) return;
    this.#waiting.push({ text: this.#text, lines: this.#lines });
    this.#waitingLength += this.#text.length;
    this.#text = "";
    this.#lines = 0;
    while (this.#waitingLength > MOST_LENGTH && this.#waiting.length > 1) {
      const oldest = this.#waiting.shift()!;
      this.#waitingLength -= oldest.text.length;
      this.#lost += oldest.lines;
    }
  }

  /**
   * Sends chunks one after the other, unless another request is already doing so. That one is not waited for, since its work
   * may never end if the platform has dropped it.
   */
  async #deliver(): Promise<void> {
    if (this.#isDelivering) return;
    for (let chunk = this.#waiting[0]; chunk !== undefined; chunk = this.#waiting[0]) {
      if (!(await this.#take(chunk))) break;
      if (this.#waiting[0] === chunk) {
        this.#waiting.shift();
        this.#waitingLength -= chunk.text.length;
      }
    }
    this.#deliveringAt = null;
  }

  get #isDelivering(): boolean {
    return this.#deliveringAt !== null && isRecent(this.#deliveringAt, ABANDONED_MS, Date.now());
  }

  async #take({ text, lines }: Chunk): Promise<boolean> {
    for (const pause of [0, ...RETRY_MS]) {
      this.#deliveringAt = Date.now();
      if (pause > 0) await scheduler.wait(pause);
      const lost = this.#lost;
      try {
        await this.#taker().take({ zone: this.#zone, text, lines, lost });
        this.#lost -= lost;
        return true;
      } catch (error) {
        log("log_not_taken", { zone: this.#zone, error });
      }
    }
    return false;
  }
}
