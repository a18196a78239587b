/**
 * The most requested paths in bounded memory, by the Space-Saving algorithm (Metwally, Agrawal and El Abbadi, "Efficient
 * Computation of Frequent and Top-k Elements in Data Streams", ICDT 2005).
 *
 * For N requests counted in k counters: a held path was requested between `requests - error` and `requests` times, and any
 * other path `floor` times at most. `floor` and every `error` are at most N / k, so each path with more than N / k requests is
 * held. As long as there are no more than k different paths, everything is exact.
 */
export interface PathSummary {
  /** No path that is missing here was requested more often. */
  floor: number;
  /** Path, requests, and by how much that may be too high; the most requested first. */
  paths: PathCount[];
}

export type PathCount = [path: string, requests: number, error: number];

export const NO_PATHS: PathSummary = { floor: 0, paths: [] };

/** Longer paths are counted together, under their common beginning (characters). */
export const LONGEST_PATH = 256;

interface Counter {
  requests: number;
  error: number;
}

/** Counts paths as they are requested. */
export class TopPaths {
  readonly #capacity: number;
  readonly #counters = new Map<string, Counter>();
  #floor = 0;

  /** @param capacity k, the number of paths that may be held */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** How many paths are held. */
  get size(): number {
    return this.#counters.size;
  }

  /** @param mayGrow false: no more paths are held than now, and their number takes the place of k */
  add(path: string, mayGrow = true): void {
    const name = path.length > LONGEST_PATH ? `${copied(path.slice(0, LONGEST_PATH))}…` : path;
    const known = this.#counters.get(name);
    if (known !== undefined) {
      known.requests++;
    } else if (mayGrow && this.#counters.size < this.#capacity) {
      this.#counters.set(name, { requests: this.#floor + 1, error: this.#floor });
    } else {
      this.#replaceLeast(name);
    }
  }

  summary(): PathSummary {
    const paths = [...this.#counters].map(([path, { requests, error }]): PathCount => [path, requests, error]);
    return { floor: this.#floor, paths: paths.sort(mostRequestedFirst) };
  }

  #replaceLeast(path: string): void {
    let least: Counter | null = null;
    let leastPath = "";
    for (const [held, counter] of this.#counters) {
      if (least === null || counter.requests < least.requests) {
        least = counter;
        leastPath = held;
      }
    }
    if (least === null) {
      this.#floor++; // no counter at all: this path, or any other
      return;
    }
    this.#counters.delete(leastPath);
    this.#floor = least.requests;
    this.#counters.set(path, { requests: least.requests + 1, error: least.requests });
  }
}

/** A slice would keep the whole path in memory, up to 16 KB. */
function copied(slice: string): string {
  return new TextDecoder().decode(new TextEncoder().encode(slice));
}

/**
 * Merges two summaries into one of both streams, with the sum of their bounds: N₁ / k₁ + N₂ / k₂, or N / capacity if that is
 * more (Agarwal et al., "Mergeable Summaries", PODS 2012, §3: what is missing on one side counts with that side's floor).
 */
export function mergeTopPaths(one: PathSummary, other: PathSummary, capacity: number): PathSummary {
  const merged = new Map<string, Counter>();
  for (const [path, requests, error] of one.paths) {
    merged.set(path, { requests: requests + other.floor, error: error + other.floor });
  }
  for (const [path, requests, error] of other.paths) {
    const both = merged.get(path);
    merged.set(path, {
      requests: requests + (both === undefined ? one.floor : both.requests - other.floor),
      error: error + (both === undefined ? one.floor : both.error - other.floor),
    });
  }
  const paths = [...merged].map(([path, { requests, error }]): PathCount => [path, requests, error]);
  const dropped = paths.sort(mostRequestedFirst).splice(capacity)[0];
  return { floor: Math.max(one.floor + other.floor, dropped?.[1] ?? 0), paths };
}

function mostRequestedFirst([a, requests]: PathCount, [b, others]: PathCount): number {
  return others - requests || (a < b ? -1 : a > b ? 1 : 0);
}
