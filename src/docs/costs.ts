/**
 * What serving costs on Cloudflare, for `costs.md` and `at-scale.md`. The Worker does not use this: it computes the figures on
 * those pages.
 */

/** US dollars per million, by Cloudflare's public prices of November 2026, beyond what the plan includes. */
export const PRICES = {
  request: 0.3,
  cpuMs: 0.02,
  kvRead: 0.5,
  objectCall: 0.15,
  objectGbSecond: 12.5,
  rowWritten: 1,
} as const;

/** US dollars per gigabyte of an object's rows and month. */
export const STORED_GB_MONTH = 0.2;

/** The whole network, whose meters and feed all zones share. */
export interface Network {
  requestsPerDay: number;
  locations: number;
  /** Per location. */
  isolates: number;
}

/** One zone's traffic. */
export interface Shape {
  name: string;
  requestsPerDay: number;
  /** Locations that get requests for it on a day. */
  locations: number;
  /** The share of requests that are misses in their location. */
  misses: number;
}

/** Dollars per million requests of a zone, by what is paid for. */
export interface Costs {
  requests: number;
  metering: number;
  /** Counts are kept for 400 days, hours and paths for 92. */
  counts: number;
  documents: number;
  tier: number;
  feed: number;
}

const SECONDS_OF_DAY = 86_400;
const CPU_MS = 0.5;
/** A call of an object, with the 20 ms for which its 128 MB are paid. */
const CALL = PRICES.objectCall + 0.02 * 0.128 * PRICES.objectGbSecond;
/** What is kept about a zone in one location: some 180 bytes per hour or day, some 500 for a day's paths. */
const FIGURES_BYTES = 180;
const PATHS_BYTES = 500;
const HOURS_DAYS = 92;
const DAYS_DAYS = 400;
/** The zone's and its account's. */
const DOCUMENTS = 2;
/** How long an isolate knew them without reading, and how long a location does. */
const FRESH_SECONDS = 5;
const COPIED_SECONDS = 600;
const FEED_PER_DAY = 5;

/** Until November 2026: each isolate brought the counts of each account separately, four rows or more at a time. */
export function costsBefore(shape: Shape, { isolates }: Network): Costs {
  const perIsolate = ratePerLocation(shape) / isolates;
  return {
    requests: PRICES.request + CPU_MS * PRICES.cpuMs,
    metering: together(perIsolate, 1) * (CALL + 4 * PRICES.rowWritten),
    counts: countsKept(shape),
    documents: DOCUMENTS * together(perIsolate, FRESH_SECONDS) * PRICES.kvRead,
    tier: 0,
    feed: 0,
  };
}

/** Now: one batch for all accounts, copies of documents in the location's cache, an upper tier, a feed of changes. */
export function costsNow(shape: Shape, network: Network): Costs {
  return {
    ...costsBefore(shape, network),
    metering: meteringNow(shape, network),
    documents: DOCUMENTS * together(ratePerLocation(shape), COPIED_SECONDS) * PRICES.kvRead,
    tier: shape.misses * (PRICES.request + CPU_MS * PRICES.cpuMs),
    feed: (FEED_PER_DAY / network.requestsPerDay) * 1e6,
  };
}

export function sumOf(costs: Costs): number {
  return Object.values(costs).reduce((sum, cost) => sum + cost, 0);
}

/**
 * A location's isolates bring one batch a second, or one in ten seconds each: a call, a row, and the row's deletion when it is
 * folded.
 */
function meteringNow({ requestsPerDay, locations }: Shape, network: Network): number {
  const batchesPerDay = network.locations * Math.max(1, network.isolates / 10) * SECONDS_OF_DAY;
  const batch = CALL + 2 * PRICES.rowWritten;
  // Four kinds of 256 rows, once an hour, or for every 40,000 requests, each of which adds some 100 characters to what waits.
  const folds = Math.max(24 * network.locations, network.requestsPerDay / 40_000);
  const folding = folds * 4 * 256 * PRICES.rowWritten;
  const shared = (batchesPerDay * batch + folding) / network.requestsPerDay;
  // Each location reports to the account's own object some ten times a month: a call and two rows.
  const told = (10 * locations * (CALL + 2 * PRICES.rowWritten)) / (30 * requestsPerDay);
  return shared + told;
}

/** The size of a zone's counts in one location, for the hours in which it gets requests: bytes. */
export function bytesKept({ requestsPerDay, locations }: Shape): number {
  const hoursOfDay = 24 * (1 - Math.exp(-requestsPerDay / locations / 24));
  return HOURS_DAYS * (hoursOfDay * FIGURES_BYTES + PATHS_BYTES) + DAYS_DAYS * FIGURES_BYTES;
}

function countsKept(shape: Shape): number {
  const perMonth = (shape.locations * bytesKept(shape) * STORED_GB_MONTH) / 1e9;
  return (perMonth / (30 * shape.requestsPerDay)) * 1e6;
}

/** A zone's requests per second in one location. */
function ratePerLocation({ requestsPerDay, locations }: Shape): number {
  return requestsPerDay / SECONDS_OF_DAY / locations;
}

/** How often something is done per request, if it is done once for all requests within some seconds of the first. */
function together(rate: number, seconds: number): number {
  return 1 / (1 + rate * seconds);
}

/** The examples on the page, on a network with 10 billion requests a day. */
export const NETWORK: Network = { requestsPerDay: 10e9, locations: 300, isolates: 10 };
export const SHAPES: readonly (Shape & { zones: number })[] = [
  { name: "a blog among a million", requestsPerDay: 300, locations: 20, misses: 0.7, zones: 994_953 },
  { name: "an app", requestsPerDay: 1_000_000, locations: 100, misses: 0.15, zones: 5_000 },
  { name: "a large site", requestsPerDay: 100_000_000, locations: 300, misses: 0.03, zones: 47 },
];

const COLUMNS = ["requests", "metering", "counts", "documents", "tier", "feed"] as const;

/** The table of `costs.md`, in Markdown. */
export function costsTable(): string {
  const rows = SHAPES.flatMap((shape) =>
    (
      [
        ["before", costsBefore],
        ["now", costsNow],
      ] as const
    ).map(([when, costsOf]) => {
      const costs = costsOf(shape, NETWORK);
      const cells = [...COLUMNS.map((column) => costs[column]), sumOf(costs)].map(dollars);
      return `| ${[shape.name, when, ...cells].join(" | ")} |`;
    }),
  );
  return [
    "| zone | | requests | metering | counts kept | documents | upper tier | feed | all |",
    "|---|---|---|---|---|---|---|---|---|",
    ...rows,
  ].join("\n");
}

/** The table of `at-scale.md`: dollars per day for all zones of the network. */
export function dayTable(): string {
  const rows = SHAPES.map((shape) => {
    const millions = (shape.zones * shape.requestsPerDay) / 1e6;
    const costs = costsNow(shape, NETWORK);
    return [...COLUMNS.map((column) => costs[column] * millions), sumOf(costs) * millions];
  });
  const whole = (amount: number) => (amount > 0 && amount < 0.5 ? "< 1" : Math.round(amount).toLocaleString("en"));
  const line = (name: string, zones: number, cells: number[]) =>
    `| ${[name, zones.toLocaleString("en"), ...cells.map(whole)].join(" | ")} |`;
  const sums = rows[0]!.map((_, column) => rows.reduce((sum, row) => sum + row[column]!, 0));
  return [
    "| zones | how many | requests | metering | counts kept | documents | upper tier | feed | all |",
    "|---|---|---|---|---|---|---|---|---|",
    ...SHAPES.map(({ name, zones }, index) => line(name, zones, rows[index]!)),
    line("all", 1_000_000, sums),
  ].join("\n");
}

function dollars(amount: number): string {
  return amount === 0 ? "–" : amount < 0.001 ? "< 0.001" : amount.toFixed(3);
}
