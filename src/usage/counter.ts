import { CACHE_RESULTS, type CacheResult, ownerOf, type UsageBatch, type UsageLine, type ZoneHour } from "./batch.ts";
import { bucketOf } from "./first-byte.ts";
import { HOUR_MS } from "./hours.ts";
import { TopPaths } from "./top-paths.ts";

/** How many paths of a zone are counted one by one, for each hour in a batch. */
const PATHS_OF_A_ZONE = 64;

/** How many paths an isolate counts one by one for all zones together, until its meter has them. */
const PATHS_OF_AN_ISOLATE = 8_192;

/** Classes 0 to 5: a status is counted by its first digit. */
const CLASSES = 6;

/** Where the classes of a cache status begin: its index in {@link CACHE_RESULTS}, times {@link CLASSES}. */
const POSITION: Record<CacheResult, number> = { HIT: 0, MISS: 6, STALE: 12, REVALIDATED: 18, BYPASS: 24 };

/** A zone, and whose it is. */
export interface CountedZone {
  id: string;
  account: string;
  mode: "live" | "test";
}

/** A zone's hour as it is being counted: requests and bytes by position of cache status plus class. */
interface OpenHour {
  hour: number;
  requests: number[];
  bytes: number[];
  paths: TopPaths;
  /** By their words, of which there are few. */
  failures: Map<string, number>;
  /** Null: no origin was asked. */
  origin: OpenOrigin | null;
}

interface OpenOrigin {
  requests: number;
  bytes: number;
  /** How many answers fell into each bucket of first-byte times. */
  firstByte: Map<number, number>;
}

interface OpenZone {
  owner: string;
  /** Usually just the current one. */
  hours: OpenHour[];
}

/**
 * Counts the answers of an isolate, with a lookup and some additions for each. What waits is bounded by its keys: one line for
 * each zone, hour, cache status and status class.
 */
export class Counter {
  /** Counts since the last batch, by zone id. */
  readonly #zones = new Map<string, OpenZone>();
  #last: OpenZone | null = null;
  #lastId = "";
  #paths = 0;
  #batches = 0;
  /** A batch that waits, unchanged, until it is known to have arrived. Meanwhile counting goes on beside it. */
  #closed: UsageBatch | null = null;

  /** Whether a closed batch is not known to have arrived. */
  get isWaiting(): boolean {
    return this.#closed !== null;
  }

  /** Counts an answer. @param now when the request arrived, ms since the epoch */
  countRequest(
    zone: CountedZone,
    path: string,
    cacheStatus: CacheResult,
    status: number,
    bytes: number,
    now: number,
  ): void {
    const hour = this.#hour(zone, now);
    const position = POSITION[cacheStatus] + Math.floor(status / 100);
    hour.requests[position]!++;
    hour.bytes[position]! += bytes;
    const held = hour.paths.size;
    hour.paths.add(path, this.#paths < PATHS_OF_AN_ISOLATE);
    this.#paths += hour.paths.size - held;
  }

  /** Adds bytes to an answer that has been counted. */
  countBytes(zone: CountedZone, cacheStatus: CacheResult, status: number, bytes: number, now: number): void {
    this.#hour(zone, now).bytes[POSITION[cacheStatus] + Math.floor(status / 100)]! += bytes;
  }

  /** Counts a failure of a zone's origin. */
  countFailure(zone: CountedZone, reason: string, now: number): void {
    const { failures } = this.#hour(zone, now);
    failures.set(reason, (failures.get(reason) ?? 0) + 1);
  }

  /** Counts a request to a zone's origin. @param firstByteMs until its answer began; null: there was none */
  countOrigin(zone: CountedZone, firstByteMs: number | null, now: number): void {
    const origin = this.#origin(zone, now);
    origin.requests++;
    if (firstByteMs === null) return;
    const bucket = bucketOf(firstByteMs);
    origin.firstByte.set(bucket, (origin.firstByte.get(bucket) ?? 0) + 1);
  }

  /** Adds bytes that a zone's origin has sent. */
  countOriginBytes(zone: CountedZone, bytes: number, now: number): void {
    this.#origin(zone, now).bytes += bytes;
  }

  /** The batch to deliver next; null: nothing. It is the same batch until it is acknowledged. */
  close(source: string): UsageBatch | null {
    if (this.#closed !== null || this.#zones.size === 0) return this.#closed;
    const zones: ZoneHour[] = [];
    for (const [id, { owner, hours }] of this.#zones) for (const hour of hours) zones.push(zoneHour(owner, id, hour));
    this.#zones.clear();
    this.#last = null;
    this.#closed = { source, number: ++this.#batches, zones };
    return this.#closed;
  }

  /** Forgets a batch that has arrived. */
  acknowledge(batch: UsageBatch): void {
    if (this.#closed !== batch) return;
    for (const { paths } of batch.zones) this.#paths -= paths.paths.length;
    this.#closed = null;
  }

  #hour(zone: CountedZone, now: number): OpenHour {
    return hourOf(this.#zone(zone), now);
  }

  #origin(zone: CountedZone, now: number): OpenOrigin {
    const hour = this.#hour(zone, now);
    hour.origin ??= { requests: 0, bytes: 0, firstByte: new Map() };
    return hour.origin;
  }

  #zone(zone: CountedZone): OpenZone {
    // Usually the same as before.
    if (this.#last !== null && this.#lastId === zone.id) return this.#last;
    let open = this.#zones.get(zone.id);
    if (open === undefined) {
      open = { owner: ownerOf(zone), hours: [] };
      this.#zones.set(zone.id, open);
    }
    this.#last = open;
    this.#lastId = zone.id;
    return open;
  }
}

function hourOf(zone: OpenZone, now: number): OpenHour {
  for (const open of zone.hours) if (now >= open.hour && now < open.hour + HOUR_MS) return open;
  const empty = () => new Array<number>(CACHE_RESULTS.length * CLASSES).fill(0);
  const hour = now - (now % HOUR_MS);
  const paths = new TopPaths(PATHS_OF_A_ZONE);
  const open: OpenHour = { hour, requests: empty(), bytes: empty(), paths, failures: new Map(), origin: null };
  zone.hours.push(open);
  return open;
}

function zoneHour(owner: string, zone: string, { hour, requests, bytes, paths, failures, origin }: OpenHour): ZoneHour {
  const lines: UsageLine[] = [];
  for (const cacheStatus of CACHE_RESULTS) {
    for (let statusClass = 0; statusClass < CLASSES; statusClass++) {
      const position = POSITION[cacheStatus] + statusClass;
      if (requests[position] || bytes[position]) {
        lines.push([cacheStatus, statusClass, requests[position]!, bytes[position]!]);
      }
    }
  }
  return {
    owner,
    zone,
    hour,
    lines,
    paths: paths.summary(),
    ...(failures.size > 0 && { failures: [...failures] }),
    ...(origin !== null && {
      origin: { ...origin, firstByte: [...origin.firstByte].sort(([a], [b]) => a - b) },
    }),
  };
}
