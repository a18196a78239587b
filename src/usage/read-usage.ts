import { PATHS_OF_A_DAY } from "./fold.ts";
import type { LocationMeter } from "./location-meter.ts";
import type { UsageMeter } from "./meter.ts";
import { addSums, type UsageQuery, type UsageSums } from "./sums.ts";
import { mergeTopPaths, type PathSummary } from "./top-paths.ts";

/** Where usage is read from. */
export interface UsageBindings {
  USAGE_METER: DurableObjectNamespace<UsageMeter>;
  LOCATION_METER: DurableObjectNamespace<LocationMeter>;
}

/**
 * What was counted for an owner in a period, in all locations. If one location cannot be asked, all of it fails: a report is
 * either exact or not given.
 */
export async function readUsage(
  { USAGE_METER, LOCATION_METER }: UsageBindings,
  owner: string,
  query: UsageQuery,
): Promise<UsageSums> {
  // The types of remote calls turn tuples and readonly arrays into others, but the values stay the same.
  const { sums, meters } = (await USAGE_METER.getByName(owner).history(query)) as unknown as {
    sums: UsageSums;
    meters: string[];
  };
  const reports = meters.map((meter) => LOCATION_METER.getByName(meter).report(owner, query));
  return addSums([sums, ...((await Promise.all(reports)) as unknown as UsageSums[])]);
}

/**
 * The most requested paths of an owner's zone on a UTC day, in all locations; their error bounds add up.
 *
 * @param day when it begins, ms since the epoch
 */
export async function readTopPaths(
  { USAGE_METER, LOCATION_METER }: UsageBindings,
  owner: string,
  zone: string,
  day: number,
): Promise<PathSummary> {
  const history = await USAGE_METER.getByName(owner).pathHistory(zone, day);
  const { paths, meters } = history as unknown as { paths: PathSummary; meters: string[] };
  const summaries = await Promise.all(
    meters.map(
      (meter) => LOCATION_METER.getByName(meter).topPaths(owner, zone, day) as unknown as Promise<PathSummary>,
    ),
  );
  return summaries.reduce((all, one) => mergeTopPaths(all, one, PATHS_OF_A_DAY), paths);
}
