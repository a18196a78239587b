import { BoundedMap } from "../../memo/bounded-map.ts";

/** The time in which requests are counted, ms. */
const WINDOW_MS = 10_000;

/** How many clients of all zones are remembered. Who has more addresses than this is not held up by a limit for each. */
const CLIENTS = 20_000;

/** Requests that passed in the window that began at `start`, and in the one before it. */
interface Count {
  start: number;
  current: number;
  previous: number;
}

/**
 * How many requests clients have made within ten seconds, as one isolate counts them. Of the window before, as much counts as
 * ten seconds reach into it, as if its requests had come evenly.
 */
export class RequestRates {
  readonly #counts = new BoundedMap<string, Count>({ entries: CLIENTS }, "the oldest");

  /**
   * Takes one request of a client. Null: it passes; else the seconds after which the next would.
   *
   * @param limit requests within ten seconds
   * @param now ms since the epoch
   */
  take(client: string, limit: number, now: number): number | null {
    const wait = this.look(client, limit, now);
    if (wait === null) this.#countOf(client, now).current++;
    return wait;
  }

  /** What {@link take} would answer, of a request that is not made. */
  look(client: string, limit: number, now: number): number | null {
    const count = this.#countOf(client, now);
    const elapsed = Math.max(now - count.start, 0);
    const reached = count.current + count.previous * (1 - elapsed / WINDOW_MS);
    return reached + 1 > limit ? waitSeconds(count, limit, elapsed) : null;
  }

  #countOf(client: string, now: number): Count {
    const known = this.#counts.get(client);
    // Some requests were held up before they are counted. Of a window that is yet to come the clock knew once, and was set back.
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

/** Until what has been counted leaves room for one more, in whole seconds. */
function waitSeconds({ current, previous }: Count, limit: number, elapsed: number): number {
  const room = limit - 1;
  // Within this window what is left of the one before grows less; in the next, what has come in this one.
  const inThis = current <= room ? WINDOW_MS * (1 - (room - current) / previous) - elapsed : null;
  const wait = inThis ?? WINDOW_MS - elapsed + WINDOW_MS * (1 - room / current);
  return Math.max(Math.ceil(wait / 1_000), 1);
}
