/** What the command prints. */
import type { Comparison } from "./compare.ts";
import { ROWS } from "./contenders/rescdn.ts";
import { bareMatch, honoCache, honoOnMiniflare, plain, plainMiss } from "./contenders/workers.ts";
import type { Count } from "./counts.ts";
import type { PageLoad } from "./dashboard.ts";
import type { ListTime } from "./dashboard-lists.ts";
import { DNS_ROWS } from "./dns.ts";
import type { Growth } from "./growth.ts";
import { type KindResult, shareOf } from "./kinds.ts";
import type { Round } from "./measure.ts";
import type { MemorySize } from "./memory.ts";
import type { PauseSummary, Pauses } from "./pause-summary.ts";
import { costPerMillion, PRICES } from "./prices.ts";
import type { Startup } from "./startup.ts";
import { type Summary, summarise, timesAsMuch } from "./summary.ts";
import { figure, formatTable, megabytes, milliseconds, percent } from "./table.ts";
import { type TailCost, timesOf } from "./tail.ts";

const LOAD_COLUMNS = ["req/s", "p50 ms", "p99 ms", "CPU µs", "least", "RSS MB"];

function loadCells({ rate, p50, p99, cpu, leastCpu, resident }: Omit<Summary, "contender">): string[] {
  return [figure(rate), milliseconds(p50), milliseconds(p99), figure(cpu), figure(leastCpu), megabytes(resident)];
}

/** The tables for one asset, with the ratios that the goals are stated in. */
export function comparisonReport({ asset, roles, saturation, half }: Comparison): string {
  const rows = summarise(saturation);
  const row = (name: string) => rows.find(({ contender }) => contender === name);
  const [ours, constant] = [row(roles.ours)!, row(roles.constant)!];
  const roundsOf = (name: string) => saturation.filter(({ contender }) => contender === name);
  const times = (field: "rate" | "cpu" | "p99", one: string, other: string) =>
    figure(timesAsMuch(field, roundsOf(one), roundsOf(other)));
  const besideOthers = [plain, honoOnMiniflare].flatMap(({ name }) =>
    row(name) === undefined ? [] : [`  ${times("rate", roles.ours, name)} times the rate of ${name}`],
  );
  const paced = summarise(half);
  const pacedP99 = (name: string) => paced.find(({ contender }) => contender === name)?.p99 ?? Number.NaN;
  return [
    `${asset}, as fast as it goes, 32 connections`,
    formatTable(
      ["contender", ...LOAD_COLUMNS, "of the constant"],
      rows.map((one) => [one.contender, ...loadCells(one), times("rate", one.contender, roles.constant)]),
    ),
    ...(half.length === 0 ? [] : halfReport(asset, half)),
    "",
    `${roles.ours}, against "${roles.constant}":`,
    `  ${times("rate", roles.ours, roles.constant)} of its rate, ${figure(ours.cpu - constant.cpu)} µs CPU over it`,
    `  p99 ${times("p99", roles.ours, roles.constant)} times its; at half load ${figure(pacedP99(roles.ours) / pacedP99(roles.constant))} times`,
    ...besideOthers,
    ...(
      [
        [ROWS.cacheApiHit, bareMatch],
        [ROWS.cacheApiHit, honoCache],
        [ROWS.cacheApiHit, honoOnMiniflare],
        [ROWS.miss, plainMiss],
        [ROWS.validation, { name: ROWS.miss }],
      ] as const
    ).flatMap(([one, { name }]) => {
      const [mine, other] = [row(one), row(name)];
      if (mine === undefined || other === undefined) return [];
      const least = figure(mine.leastCpu / other.leastCpu);
      return [
        `  ${one}: ${times("cpu", one, name)} times the CPU of ${name} (${least} by the least of each), ${times("rate", one, name)} of its rate`,
      ];
    }),
    "Workers to compare with have the cache of `serve`, but where Miniflare's is named.",
  ].join("\n");
}

function halfReport(asset: string, half: readonly Round[]): string[] {
  return [
    "",
    `${asset}, at half of the constant's rate, ${half[0]?.pace.connections} connections`,
    formatTable(
      ["contender", ...LOAD_COLUMNS],
      summarise(half).map((one) => [one.contender, ...loadCells(one)]),
    ),
  ];
}

/** Each kind of memory hit, beside workerd's constant answer with the same status, headers and size. */
export function kindsReport(kinds: readonly KindResult[]): string {
  return formatTable(
    ["hits out of memory", "asset", "req/s", "CPU µs", "least", "constant req/s", "CPU µs", "least", "of the constant"],
    kinds.map((result) => {
      const [ours] = summarise(result.ours);
      const [constant] = summarise(result.constant);
      const cells = [ours!, constant!].flatMap(({ rate, cpu, leastCpu }) => [rate, cpu, leastCpu].map(figure));
      return [result.kind, result.asset, ...cells, figure(shareOf(result))];
    }),
  );
}

/** What a larger memory brings, and how long its pauses are. */
export function memoryReport(sizes: readonly MemorySize[]): string {
  return formatTable(
    [
      `${sizes[0]?.objects.toLocaleString("en-US")} hot objects of 1 KiB, random by Zipf`,
      ...LOAD_COLUMNS,
      "max ms",
      `at ${figure(summarise(sizes[0]?.quarter ?? [])[0]?.rate ?? Number.NaN)} req/s: p99 ms`,
      "max ms",
      "longest collection ms",
      "p99 ms",
    ],
    sizes.map(({ bytes, saturation, quarter, pauses }) => {
      const [fast, slow] = [saturation, quarter].map((rounds) => summarise(rounds)[0]!);
      const longest = (rounds: readonly Round[]) => milliseconds(Math.max(...rounds.map(({ max }) => max)));
      return [
        `MEMORY_BYTES=${bytes}`,
        ...loadCells(fast!),
        longest(saturation),
        milliseconds(slow!.p99),
        longest(quarter),
        figure(pauses.max),
        figure(pauses.p99),
      ];
    }),
  );
}

/** How long garbage collection stops our answers and the constant ones, side by side. */
export function pausesReport({ asset, saturation, half }: Pauses): string {
  return [
    `${asset}, garbage collection, as fast as it goes, ${saturation[0]?.pace.connections} connections`,
    pausesTable(saturation),
    "",
    `${asset}, garbage collection, at half of the constant's rate, ${half[0]?.pace.connections} connections`,
    pausesTable(half),
  ].join("\n");
}

function pausesTable(summaries: readonly PauseSummary[]): string {
  return formatTable(
    [
      "contender",
      "req/s",
      "latency p99 ms",
      "collector",
      "per 10,000",
      "pause p50 ms",
      "p99 ms",
      "max ms",
      "of the time",
      "heap after MB",
    ],
    summaries.flatMap(({ contender, rate, p99, collectors }) =>
      collectors.map((collector) => [
        contender,
        figure(rate),
        milliseconds(p99),
        collector.name,
        figure(collector.perTenThousand),
        figure(collector.p50),
        figure(collector.p99),
        figure(collector.max),
        percent(collector.share),
        figure(collector.heap),
      ]),
    ),
  );
}

/** What more edge processes bring; the first row has one. */
export function coresReport(rounds: readonly Round[]): string {
  const rows = summarise(rounds);
  const one = rows[0]?.rate ?? Number.NaN;
  return formatTable(
    ["1 KiB hits, on all cores, which the load shares", ...LOAD_COLUMNS, "of one"],
    rows.map((row) => [row.contender, ...loadCells(row), figure(row.rate / one)]),
  );
}

/** Calls per 1,000 requests, and what a million requests cost by these and by the measured CPU time. */
export function countsReport(counts: readonly Count[], smallest: Comparison | undefined): string {
  const rows = summarise(smallest?.saturation ?? []);
  const table = formatTable(
    ["calls per 1,000 requests", "KV", "D1 rows", "Durable Object", "Cache API", "origin", "$ per million"],
    counts.map((count) => {
      const cpu = rows.find(({ contender }) => contender === count.contender)?.cpu ?? Number.NaN;
      return [
        count.contender,
        String(count.kvReads + count.kvWrites),
        String(count.d1RowsRead + count.d1RowsWritten),
        String(count.durableObject),
        String(count.cacheApi),
        String(count.origin),
        figure(costPerMillion(count, cpu)),
      ];
    }),
  );
  return `${table}\nPrices as published for Workers Paid, ${PRICES.asOf}, beyond what the plan includes; CPU as measured here at 1 KiB.`;
}

/** What a request costs as the number of something grows. */
export function growthReport(growth: readonly Growth[]): string {
  return formatTable(
    ["1 KiB hits, random by Zipf", "count", ...LOAD_COLUMNS, "to the origin"],
    growth.map((row) => [row.what, row.count.toLocaleString("en-US"), ...loadCells(row), percent(row.missed)]),
  );
}

/** Hot DoH answers, each with its share of the constant answer's rate. */
export function dnsReport(rounds: readonly Round[]): string {
  const rows = summarise(rounds);
  const rateOf = (name: string) => rows.find(({ contender }) => contender === name)?.rate ?? Number.NaN;
  const constants: Readonly<Record<string, string>> = DNS_ROWS;
  return formatTable(
    ["a record read as a name over DoH", ...LOAD_COLUMNS, "of the constant"],
    rows.map((row) => [
      row.contender,
      ...loadCells(row),
      figure(row.rate / rateOf(constants[row.contender] ?? row.contender)),
    ]),
  );
}

/** What a listener to a zone's tail costs the zone's hits, and how much listeners are told. */
export function tailsReport(tails: readonly TailCost[]): string {
  return formatTable(
    ["1 KiB hits", ...LOAD_COLUMNS, "of nobody's", "asked", "told", "left out"],
    tails.flatMap((cost) => {
      const [without, listened] = [cost.without, cost.with].map((rounds) => summarise(rounds)[0]!);
      return [
        [`${cost.rate} a second, nobody listens`, ...loadCells(without!), "", "", "", ""],
        [
          `${cost.rate} a second, one listens`,
          ...loadCells(listened!),
          figure(timesOf(cost)),
          ...[cost.asked, cost.told, cost.omitted].map((count) => count.toLocaleString("en-US")),
        ],
      ];
    }),
  );
}

/** What our script adds to the start of workerd, compared with an empty one. */
export function startupReport(startups: readonly Startup[]): string {
  const empty = startups[0];
  return formatTable(
    ["from workerd's start until it listens", "KB", "ms", "CPU ms", "CPU ms over empty"],
    startups.map(({ worker, size, wall, cpu }) => [
      worker,
      figure(size / 1_000),
      figure(wall),
      figure(cpu),
      figure(cpu - (empty?.cpu ?? Number.NaN)),
    ]),
  );
}

/** The size of the dashboard's pages, how long they take to appear, and how long lists take. */
export function dashboardReport(loads: readonly PageLoad[], lists: readonly ListTime[]): string {
  return [
    formatTable(
      ["the dashboard in Chromium, first load on slow 4G", "kB", "shown ms", "a chart drawn ms", "layout shift"],
      loads.map(({ page, bytes, shown, chart, shift }) => [
        page,
        figure(bytes / 1_000),
        figure(shown),
        figure(chart),
        shift.toFixed(3),
      ]),
    ),
    "",
    formatTable(
      ["long lists, on this machine's own network", "ms"],
      lists.map(({ what, ms }) => [what, figure(ms)]),
    ),
  ].join("\n");
}
