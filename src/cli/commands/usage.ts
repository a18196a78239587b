import { Option } from "@commander-js/extra-typings";
import { answerOf } from "../calls.ts";
import type { Schemas } from "../cli.ts";
import { cliOf, command } from "../command.ts";
import { facts, plain, table } from "../terminal.ts";

/** `rescdn usage`. */
export const usage = () =>
  command(
    "usage",
    "What your zones have answered",
    "rescdn usage",
    "rescdn usage --zone my-assets --from 2026-11-01 --by day",
  )
    .option("--zone <zone>", "of one zone: name or id")
    .option("--from <time>", "a date or a time; without it, the current month (UTC)")
    .option("--to <time>", "a date or a time")
    .addOption(new Option("--by <step>", "with a row for each").choices(["hour", "day"] as const))
    .action(async (options) => {
      const cli = cliOf(options);
      const { zone, from, to, by } = options;
      const query = {
        ...(zone !== undefined && { zone }),
        ...(from !== undefined && { from }),
        ...(to !== undefined && { to }),
        ...(by !== undefined && { granularity: by }),
      };
      const answer = await answerOf((await cli.rescdn()).GET("/v1/usage", { params: { query } }));
      cli.show(answer, report);
    });

/** `rescdn top`. */
export const top = () =>
  command(
    "top",
    "The most requested paths of a zone on one day",
    "rescdn top my-assets",
    "rescdn top my-assets --day 2026-11-27",
  )
    .argument("<zone>", "name or id")
    .option("--day <date>", "without it, today (UTC)")
    .action(async (zone, options) => {
      const cli = cliOf(options);
      const query = { zone, ...(options.day !== undefined && { day: options.day }) };
      const answer = await answerOf((await cli.rescdn()).GET("/v1/usage/paths", { params: { query } }));
      cli.show(answer, ({ name, day, paths }) =>
        paths.length === 0
          ? `${name} had no requests on ${day}.`
          : table(
              ["requests", "path"],
              paths.map(({ path, requests }) => [requests, plain(path)]),
            ),
      );
    });

function report(usage: Schemas["Usage"]): string {
  const figures = (
    rows: readonly (readonly [string, { requests: number; bandwidth_bytes: number; cache_hit_rate: number }])[],
    name: string,
  ) =>
    table(
      [name, "requests", "bandwidth", "hit rate"],
      rows.map(([what, row]) => [what, row.requests, bytes(row.bandwidth_bytes), share(row.cache_hit_rate)]),
    );
  const parts = [
    facts([
      ["period", `${usage.period_start} to ${usage.period_end}`],
      ["requests", usage.requests.toLocaleString("en")],
      ["bandwidth", bytes(usage.bandwidth_bytes)],
      ["hit rate", share(usage.cache_hit_rate)],
    ]),
  ];
  const zones = usage.by_zone.map((row) => [row.name ?? row.zone, row] as const);
  if (zones.length > 0) parts.push(figures(zones, "zone"));
  const words = usage.by_cache_status.map((row) => [row.cache_status, row] as const);
  if (words.length > 0)
    parts.push(
      table(
        ["cache", "requests", "bandwidth"],
        words.map(([word, row]) => [word, row.requests, bytes(row.bandwidth_bytes)]),
      ),
    );
  if (usage.series !== undefined)
    parts.push(
      figures(
        usage.series.map((row) => [row.start, row] as const),
        "from",
      ),
    );
  if (usage.origin_errors.length > 0)
    parts.push(
      table(
        ["origin failed", "times"],
        usage.origin_errors.map(({ reason, count }) => [reason, count]),
      ),
    );
  return parts.join("\n\n");
}

function share(rate: number): string {
  return `${(rate * 100).toFixed(1)} %`;
}

/** An amount of data in a form for people. */
export function bytes(count: number): string {
  const units = ["B", "kB", "MB", "GB", "TB", "PB"];
  const step = count < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(count) / 3));
  return `${(count / 1000 ** step).toFixed(step === 0 ? 0 : 1)} ${units[step]}`;
}
