import { CACHE_RESULTS, type CacheResult, type UsageBatch, type UsageLine, type ZoneHour } from "./batch.ts";
import { HOUR_MS } from "./hours.ts";
import { TopPaths } from "./top-paths.ts";

/** Paths that are counted one by one for a zone and an hour, in one batch. */
const PATHS_OF_A_ZONE = 64;

/** Paths that an isolate counts one by one for all zones together, until the meters have them. */
const PATHS_OF_AN_ISOLATE = 8_192;

/** Classes 0 to 5: a status is counted under its hundreds. */
const CLASSES = 6;

/** Where the classes of a cache status begin: its place in {@link CACHE_RESULTS}, times {@link CLASSES}. */
const POSITION: Record<CacheResult, number> = { HIT: 0, MISS: 6, STALE: 12, REVALIDATED: 18, BYPASS: 24 };

/** Whose usage it is. Live and test zones of one account never meet. */
export interface Owner {
  account: string;
  mode: "live" | "test";
}

/** A zone's hour as it is being counted: requests and bytes by position of cache status plus class. */
interface OpenHour {
  hour: number;
  requests: number[];
  bytes: number[];
  paths: TopPaths;
  /** By the words for them, of which there are few. */
  failures: Map<string, number>;
}

interface OpenZone {
  owner: OwnerCounts;
  id: string;
  /** Most often just the current one. */
  hours: OpenHour[];
}

/** What an isolate has counted for an owner and has not delivered. */
export interface OwnerCounts extends Owner {
  /** Since the last batch. */
  zones: OpenZone[];
  /** Waits, unchanged, until its arrival is known. While it does, counting goes on beside it. */
  closed: UsageBatch | null;
  /** When a delivery of what is counted now was arranged, ms since the epoch; null: it is not. */
  deliveryDueSince: number | null;
}

/**
 * Counts the answers of an isolate: two look-ups and some additions for each. What waits is bounded by its keys: a line
 * for each zone, hour, cache status and status class.
 */
export class Counter {
  readonly #owners = new Map<string, OwnerCounts>();
  readonly #zones = new Map<string, OpenZone>();
  #last: OpenZone | null = null;
  #paths = 0;
  #batches = 0;

  /** Counts an answer. @param now when the request arrived, ms since the epoch */
  countRequest(
    zone: { id: string } & Owner,
    path: string,
    cacheStatus: CacheResult,
    status: number,
    bytes: number,
    now: number,
  ): OwnerCounts {
    const open = this.#zone(zone);
    const hour = hourOf(open, now);
    const position = POSITION[cacheStatus] + Math.floor(status / 100);
    hour.requests[position]!++;
    hour.bytes[position]! += bytes;
    const held = hour.paths.size;
    hour.paths.add(path, this.#paths < PATHS_OF_AN_ISOLATE);
    this.#paths += hour.paths.size - held;
    return open.owner;
  }

  /** Adds bytes to an answer that has been counted. */
  countBytes(
    zone: { id: string } & Owner,
    cacheStatus: CacheResult,
    status: number,
    bytes: number,
    now: number,
  ): OwnerCounts {
    const open = this.#zone(zone);
    hourOf(open, now).bytes[POSITION[cacheStatus] + Math.floor(status / 100)]! += bytes;
    return open.owner;
  }

  /** Counts a failure of a zone's origin. */
  countFailure(zone: { id: string } & Owner, reason: string, now: number): OwnerCounts {
    const open = this.#zone(zone);
    const { failures } = hourOf(open, now);
    failures.set(reason, (failures.get(reason) ?? 0) + 1);
    return open.owner;
  }

  /** All for whom something has been counted that is not known to have arrived. */
  owners(): OwnerCounts[] {
    return [...this.#owners.values()];
  }

  ownerOf(zone: Owner): OwnerCounts | null {
    return this.#owners.get(nameOf(zone)) ?? null;
  }

  /** What is to be delivered next for an owner; null: nothing. The same batch until it is acknowledged. */
  close(owner: OwnerCounts, source: string, pop: string): UsageBatch | null {
    if (owner.closed !== null || owner.zones.length === 0) return owner.closed;
    const zones = owner.zones.flatMap(({ id, hours }) => hours.map((hour) => zoneHour(id, hour)));
    for (const { id } of owner.zones) this.#zones.delete(id);
    owner.zones = [];
    this.#last = null;
    owner.closed = { source, number: ++this.#batches, pop, zones };
    return owner.closed;
  }

  /** Forgets a batch that has arrived. */
  acknowledge(owner: OwnerCounts, batch: UsageBatch): void {
    if (owner.closed !== batch) return;
    for (const { paths } of batch.zones) this.#paths -= paths.paths.length;
    owner.closed = null;
    if (owner.zones.length === 0) this.#owners.delete(nameOf(owner));
  }

  #zone(zone: { id: string } & Owner): OpenZone {
    // Most often the same as before.
    if (this.#last !== null && this.#last.id === zone.id) return this.#last;
    let open = this.#zones.get(zone.id);
    if (open === undefined) {
      open = { owner: this.#owner(zone), id: zone.id, hours: [] };
      open.owner.zones.push(open);
      this.#zones.set(zone.id, open);
    }
    this.#last = open;
    return open;
  }

  #owner({ account, mode }: Owner): OwnerCounts {
    const name = nameOf({ account, mode });
    let owner = this.#owners.get(name);
    if (owner === undefined) {
      owner = { account, mode, zones: [], closed: null, deliveryDueSince: null };
      this.#owners.set(name, owner);
    }
    return owner;
  }
}

/** The name of an owner's meter. */
export function nameOf({ account, mode }: Owner): string {
  return `${account}:${mode}`;
}

function hourOf(zone: OpenZone, now: number): OpenHour {
  for (const open of zone.hours) if (now >= open.hour && now < open.hour + HOUR_MS) return open;
  const empty = () => new Array<number>(CACHE_RESULTS.length * CLASSES).fill(0);
  const hour = now - (now % HOUR_MS);
  const paths = new TopPaths(PATHS_OF_A_ZONE);
  const open: OpenHour = { hour, requests: empty(), bytes: empty(), paths, failures: new Map() };
  zone.hours.push(open);
  return open;
}

function zoneHour(zone: string, { hour, requests, bytes, paths, failures }: OpenHour): ZoneHour {
  const lines: UsageLine[] = [];
  for (const cacheStatus of CACHE_RESULTS) {
    for (let statusClass = 0; statusClass < CLASSES; statusClass++) {
      const position = POSITION[cacheStatus] + statusClass;
      if (requests[position] || bytes[position]) {
        lines.push([cacheStatus, statusClass, requests[position]!, bytes[position]!]);
      }
    }
  }
  return { zone, hour, lines, paths: paths.summary(), ...(failures.size > 0 && { failures: [...failures] }) };
}
