/** What serving costs on Cloudflare, for `costs.md` and `at-scale.md`. Nothing of the Worker uses it: the pages' figures are made of it. */

/** US dollars for a million, by Cloudflare's public prices of November 2026, beyond what the plan includes. */
export const PRICES = {
  request: 0.3,
  cpuMs: 0.02,
  kvRead: 0.5,
  objectCall: 0.15,
  objectGbSecond: 12.5,
  rowWritten: 1,
} as const;

/** US dollars for a gigabyte of an object's rows, a month. */
export const STORED_GB_MONTH = 0.2;

/** The whole network, whose meters and feed all zones share. */
export interface Network {
  requestsPerDay: number;
  locations: number;
  /** In each location. */
  isolates: number;
}

/** One zone's traffic. */
export interface Shape {
  name: string;
  requestsPerDay: number;
  /** Locations that see it on a day. */
  locations: number;
  /** Share of requests that find nothing in their location. */
  misses: number;
}

/** Dollars for a million requests of a zone, by what they are paid for. */
export interface Costs {
  requests: number;
  metering: number;
  /** What was counted is kept for 400 days, its hours and paths for 92. */
  counts: number;
  documents: number;
  tier: number;
  feed: number;
}

const SECONDS_OF_DAY = 86_400;
const CPU_MS = 0.5;
/** A call of an object, with the 20 ms for which its 128 MB are paid. */
const CALL = PRICES.objectCall + 0.02 * 0.128 * PRICES.objectGbSecond;
/** What is kept of a zone in one location: of an hour or a day some 180 bytes, of a day's paths some 500. */
const FIGURES_BYTES = 180;
const PATHS_BYTES = 500;
const HOURS_DAYS = 92;
const DAYS_DAYS = 400;
/** A zone's and its account's. */
const DOCUMENTS = 2;
/** For how long an isolate knew them without reading, and for how long a location does. */
const FRESH_SECONDS = 5;
const COPIED_SECONDS = 600;
const FEED_PER_DAY = 5;

/** As it was until November 2026: each isolate brought each account's counts by themselves, four rows and more at a time. */
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

/** As it is: one batch for all accounts, copies of documents in the location's cache, an upper tier, a feed of changes. */
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

/** A location's isolates bring one batch a second, or one in ten seconds each: a call, a row, and its row when it is folded. */
function meteringNow({ requestsPerDay, locations }: Shape, network: Network): number {
  const batchesPerDay = network.locations * Math.max(1, network.isolates / 10) * SECONDS_OF_DAY;
  const batch = CALL + 2 * PRICES.rowWritten;
  // Four kinds of 256 rows, once an hour, or for each 40,000 requests: some 100 characters of each wait.
  const folds = Math.max(24 * network.locations, network.requestsPerDay / 40_000);
  const folding = folds * 4 * 256 * PRICES.rowWritten;
  const shared = (batchesPerDay * batch + folding) / network.requestsPerDay;
  // Each location tells the account's own object of itself: a call and two rows, some ten times in a month.
  const told = (10 * locations * (CALL + 2 * PRICES.rowWritten)) / (30 * requestsPerDay);
  return shared + told;
}

/** What a zone's counts take in one location, in the hours in which it is asked for anything: bytes. */
export function bytesKept({ requestsPerDay, locations }: Shape): number {
  const hoursOfDay = 24 * (1 - Math.exp(-requestsPerDay / locations / 24));
  return HOURS_DAYS * (hoursOfDay * FIGURES_BYTES + PATHS_BYTES) + DAYS_DAYS * FIGURES_BYTES;
}

function countsKept(shape: Shape): number {
  const perMonth = (shape.locations * bytesKept(shape) * STORED_GB_MONTH) / 1e9;
  return (perMonth / (30 * shape.requestsPerDay)) * 1e6;
}

/** Requests a second that a zone has in one location. */
function ratePerLocation({ requestsPerDay, locations }: Shape): number {
  return requestsPerDay / SECONDS_OF_DAY / locations;
}

/** For each request, how often something is done that is done once for all requests within some seconds of the first. */
function together(rate: number, seconds: number): number {
  return 1 / (1 + rate * seconds);
}

/** The shapes that the page shows, on a network of 10 billion requests a day. */
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

/** The table of `at-scale.md`: dollars a day for all zones of the network. */
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
