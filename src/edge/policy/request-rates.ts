import { BoundedMap } from "../../memo/bounded-map.ts";

/** The time in which requests are counted, ms. */
const WINDOW_MS = 10_000;

/**
 * How many clients are remembered, over all zones. A limit for each address does not stop somebody with more addresses than
 * this.
 */
const CLIENTS = 20_000;

/** Requests that passed in the window that began at `start`, and in the one before it. */
interface Count {
  start: number;
  current: number;
  previous: number;
}

/**
 * How many requests clients have made within ten seconds, as one isolate counts them. The previous window counts in proportion
 * to its overlap with the last ten seconds, as if its requests had come evenly.
 */
export class RequestRates {
  readonly #counts = new BoundedMap<string, Count>({ entries: CLIENTS }, "the oldest");

  /**
   * Counts one request of a client. Null: it passes; otherwise the seconds after which the next one would.
   *
   * @param limit requests within ten seconds
   * @param now ms since the epoch
   */
  take(client: string, limit: number, now: number): number | null {
    const wait = this.look(client, limit, now);
    if (wait === null) this.#countOf(client, now).current++;
    return wait;
  }

  /** What {@link take} would return, without counting a request. */
  look(client: string, limit: number, now: number): number | null {
    const count = this.#countOf(client, now);
    const elapsed = Math.max(now - count.start, 0);
    const reached = count.current + count.previous * (1 - elapsed / WINDOW_MS);
    return reached + 1 > limit ? waitSeconds(count, limit, elapsed) : null;
  }

  #countOf(client: string, now: number): Count {
    const known = this.#counts.get(client);
    // A request may be held up before it is counted, so its time may be a little before the window. If it is far before, the
    // clock was set back.
    const isOld = known === undefined || now < known.start - WINDOW_MS;
    if (!isOld && now < known.start + WINDOW_MS) return known;
    const follows = !isOld && now < known.start + 2 * WINDOW_MS;
    const next = follows
      ? { start: known.start + WINDOW_MS, current: 0, previous: known.current }
      : { start: now, current: 0, previous: 0 };
    this.#counts.set(client, next);
    return next;
  }
}

/** The whole seconds until what has been counted leaves room for one more. */
function waitSeconds({ current, previous }: Count, limit: number, elapsed: number): number {
  const room = limit - 1;
  // Within this window, the previous one's share shrinks; in the next window, this one's does.
  const inThis = current <= room ? WINDOW_MS * (1 - (room - current) / previous) - elapsed : null;
  const wait = inThis ?? WINDOW_MS - elapsed + WINDOW_MS * (1 - room / current);
  return Math.max(Math.ceil(wait / 1_000), 1);
}
