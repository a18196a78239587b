/** What serving costs on Cloudflare, for `costs.md`. Nothing of the Worker uses it: the page's figures are made of it. */

/** US dollars for a million, by Cloudflare's public prices of November 2026, beyond what the plan includes. */
export const PRICES = {
  request: 0.3,
  cpuMs: 0.02,
  kvRead: 0.5,
  objectCall: 0.15,
  rowWritten: 1,
} as const;

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
  documents: number;
  tier: number;
  feed: number;
}

const SECONDS_OF_DAY = 86_400;
const CPU_MS = 0.5;
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
    metering: together(perIsolate, 1) * (PRICES.objectCall + 4 * PRICES.rowWritten),
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
  const batch = PRICES.objectCall + 2 * PRICES.rowWritten;
  // Four kinds of 256 rows, once an hour, or for each 40,000 requests: some 100 characters of each wait.
  const folds = Math.max(24 * network.locations, network.requestsPerDay / 40_000);
  const folding = folds * 4 * 256 * PRICES.rowWritten;
  const shared = (batchesPerDay * batch + folding) / network.requestsPerDay;
  // Each location tells the account's own object of itself: a call and two rows, some ten times in a month.
  const told = (10 * locations * (PRICES.objectCall + 2 * PRICES.rowWritten)) / (30 * requestsPerDay);
  return shared + told;
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
export const SHAPES: readonly Shape[] = [
  { name: "a blog among a million", requestsPerDay: 300, locations: 20, misses: 0.7 },
  { name: "an app", requestsPerDay: 1_000_000, locations: 100, misses: 0.15 },
  { name: "a large site", requestsPerDay: 100_000_000, locations: 300, misses: 0.03 },
];

/** The table of the page, in Markdown. */
export function costsTable(): string {
  const rows = SHAPES.flatMap((shape) =>
    (
      [
        ["before", costsBefore],
        ["now", costsNow],
      ] as const
    ).map(([when, costsOf]) => {
      const costs = costsOf(shape, NETWORK);
      const { requests, metering, documents, tier, feed } = costs;
      const cells = [requests, metering, documents, tier, feed, sumOf(costs)].map(dollars);
      return `| ${[shape.name, when, ...cells].join(" | ")} |`;
    }),
  );
  return [
    "| zone | | requests | metering | documents | upper tier | feed | all |",
    "|---|---|---|---|---|---|---|---|",
    ...rows,
  ].join("\n");
}

function dollars(amount: number): string {
  return amount === 0 ? "–" : amount < 0.001 ? "< 0.001" : amount.toFixed(3);
}
