/** What a client saw of the answers of one zone. */
export class Tally {
  requests = 0;
  /** Bytes of bodies that came. */
  bytes = 0;
  /** What more may have been handed over of the downloads that were broken off. */
  unseen = 0;
  readonly byCacheStatus = new Map<string, Seen>();
  readonly byStatusClass = new Map<string, Seen>();

  /** @param unseen bytes of the body that the client did not wait for */
  add(status: number, xCache: string, bytes: number, unseen = 0): void {
    for (const seen of [
      this as Seen,
      entry(this.byCacheStatus, xCache),
      entry(this.byStatusClass, `${Math.floor(status / 100)}xx`),
    ]) {
      seen.requests++;
      seen.bytes += bytes;
      seen.unseen += unseen;
    }
  }
}

export interface Seen {
  requests: number;
  bytes: number;
  unseen: number;
}

interface Figures {
  requests: number;
  bandwidth_bytes: number;
}

/** A usage report, as far as it is compared. */
export interface UsageReport extends Figures {
  by_cache_status: (Figures & { cache_status: string })[];
  by_status_class: (Figures & { status_class: string })[];
}

/** Where a report differs from what was seen; empty: nowhere. */
export function differences(title: string, seen: Tally, report: UsageReport): string[] {
  return [
    ...compare(title, seen, report),
    ...compareEach(title, seen.byCacheStatus, new Map(report.by_cache_status.map((row) => [row.cache_status, row]))),
    ...compareEach(title, seen.byStatusClass, new Map(report.by_status_class.map((row) => [row.status_class, row]))),
  ];
}

function compareEach(title: string, seen: ReadonlyMap<string, Seen>, reported: ReadonlyMap<string, Figures>): string[] {
  return [...new Set([...seen.keys(), ...reported.keys()])].flatMap((value) =>
    compare(
      `${title}, ${value}`,
      seen.get(value) ?? NOTHING,
      reported.get(value) ?? { requests: 0, bandwidth_bytes: 0 },
    ),
  );
}

const NOTHING: Seen = { requests: 0, bytes: 0, unseen: 0 };

function compare(title: string, seen: Seen, { requests, bandwidth_bytes: bytes }: Figures): string[] {
  const found: string[] = [];
  if (requests !== seen.requests) found.push(`${title}: ${requests} requests reported, ${seen.requests} made`);
  if (bytes < seen.bytes || bytes > seen.bytes + seen.unseen) {
    const upTo = seen.unseen > 0 ? ` to ${seen.bytes + seen.unseen}` : "";
    found.push(`${title}: ${bytes} bytes reported, ${seen.bytes}${upTo} received`);
  }
  return found;
}

function entry(map: Map<string, Seen>, name: string): Seen {
  let seen = map.get(name);
  if (seen === undefined) {
    seen = { ...NOTHING };
    map.set(name, seen);
  }
  return seen;
}
