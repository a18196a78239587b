import type { Comparison } from "./compare.ts";
import { honoCache, plain } from "./contenders/workers.ts";
import type { Round } from "./measure.ts";
import { type Summary, summarise } from "./summary.ts";
import { figure, formatTable, megabytes, milliseconds } from "./table.ts";

/** The tables of one asset, with the ratios that the goals are stated in. */
export function comparisonReport({ asset, roles, saturation, half }: Comparison): string {
  const rows = summarise(saturation);
  const constant = rows.find(({ contender }) => contender === roles.constant)!;
  const ours = rows.find(({ contender }) => contender === roles.ours)!;
  const table = formatTable(
    ["contender", "req/s", "p50 ms", "p99 ms", "CPU µs", "RSS MB", "× constant"],
    rows.map((row) => [...cells(row), figure(row.rate / constant.rate)]),
  );
  const times = (name: string) => {
    const row = rows.find(({ contender }) => contender === name);
    return row === undefined ? [] : [`${figure(ours.rate / row.rate)} times the ${name}`];
  };
  const ratios = [
    `${figure(ours.rate / constant.rate)} of the constant's rate`,
    `${figure(ours.cpu - constant.cpu)} µs CPU over it`,
    `p99 ${figure(ours.p99 / constant.p99)} times its`,
    ...times(plain.name),
    ...times(honoCache.name),
  ];
  return [`${asset}, 32 connections`, table, `${roles.ours}: ${ratios.join("; ")}`, "", halfReport(half, roles)].join(
    "\n",
  );
}

function halfReport(half: readonly Round[], roles: Comparison["roles"]): string {
  const rows = summarise(half);
  const p99 = (name: string) => rows.find(({ contender }) => contender === name)?.p99 ?? Number.NaN;
  return [
    `at half of the constant's rate, ${half[0]?.pace.connections} connections`,
    formatTable(["contender", "req/s", "p50 ms", "p99 ms", "CPU µs", "RSS MB"], rows.map(cells)),
    `p99 ${figure(p99(roles.ours) / p99(roles.constant))} times the constant's`,
  ].join("\n");
}

function cells({ contender, rate, p50, p99, cpu, resident }: Summary): string[] {
  return [contender, figure(rate), milliseconds(p50), milliseconds(p99), figure(cpu), megabytes(resident)];
}
