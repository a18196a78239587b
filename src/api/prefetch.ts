import type { OpenAPIHono } from "@hono/zod-openapi";
import { isoSeconds } from "../db/iso-seconds.ts";
import { randomText } from "../db/new-id.ts";
import { hostnamesOf } from "../hostnames/published-hosts.ts";
import { zoneHosts } from "../hosts.ts";
import type { PrefetchJob } from "../prefetch/job.ts";
import { pathOn } from "../prefetch/path-on.ts";
import type { RestEnv } from "../rest/context.ts";
import type { FieldProblem } from "../rest/field-problems.ts";
import { settingsOf } from "../settings.ts";
import { findZone, type ZoneRow } from "../zones/rows.ts";
import { Problem } from "./errors.ts";
import { prefetchRoute, readPrefetchRoute } from "./prefetch-routes.ts";
import { purge } from "./purge.ts";
import { invalidField } from "./validation.ts";
import { scopeOf, zoneInScope } from "./zone-in-scope.ts";

/** Adds `/v1/prefetch` to the API. */
export function addPrefetch(app: OpenAPIHono<RestEnv>): void {
  app.openapi(prefetchRoute, async (c) => {
    const { zone: idOrName, paths, sitemap, purge: isPurged = false } = c.req.valid("json");
    const zone = await zoneInScope(c, idOrName);
    const own = [...zoneHosts(zone.name, settingsOf(c.env)), ...(await hostnamesOf(c.env.DB, zone.id))];
    const hosts = [...own, new URL(zone.origin).hostname];
    const named = paths === undefined ? null : pathsOf(paths, own);
    if (sitemap !== undefined && isPurged)
      throw invalidField("purge", "is for paths only: purge what a sitemap names with POST /v1/purge");
    const from = sitemap === undefined ? null : pathOf(sitemap, hosts);
    if (sitemap !== undefined && from === null) throw invalidField("sitemap", refusal(hosts));
    if (isPurged) await purge(c, zone.id, { paths: named! });
    const id = `pre_${zone.id.slice("zone_".length)}_${randomText(12)}`;
    const order = { id, zone: zone.id, host: own[0]!, hosts, paths: named, sitemap: from };
    const prefetcher = c.env.PREFETCHER.getByName(zone.id);
    if (!(await prefetcher.order(order))) {
      const sentence = "five prefetches of this zone are already waiting: send this one when they are done";
      throw new Problem("rate_limited", { sentence, headers: { "retry-after": "60" } });
    }
    const taken = await prefetcher.read(id, 0, 0);
    return c.json(shown(zone, taken!.job), 202, { location: `/v1/prefetch/${id}` });
  });

  app.openapi(readPrefetchRoute, async (c) => {
    const { id } = c.req.valid("param");
    const { limit, cursor = "0" } = c.req.valid("query");
    const missing = () => new Problem("not_found", { sentence: "prefetch not found" });
    const zoneId = `zone_${/^pre_([0-9A-Za-z]+)_[0-9A-Za-z]+$/.exec(id)?.[1] ?? ""}`;
    const zone = await findZone(c.env.DB, scopeOf(c), zoneId);
    if (zone === null) throw missing();
    const found = await c.env.PREFETCHER.getByName(zone.id).read(id, Number(cursor), limit);
    if (found === null) throw missing();
    const results = found.results.map(({ cacheStatus: cache_status, ...result }) => ({ ...result, cache_status }));
    const next = Number(cursor) + results.length;
    const next_cursor = results.length > 0 && next < found.job.done ? String(next) : null;
    return c.json({ ...shown(zone, found.job), results, next_cursor }, 200);
  });
}

function shown(
  { id: zone }: ZoneRow,
  { id, state, createdAt, finishedAt, total, done, leftOut, reason, counts }: PrefetchJob,
) {
  const created = isoSeconds(createdAt);
  const finished = finishedAt === null ? null : isoSeconds(finishedAt);
  return { id, zone, state, created, finished, total, done, left_out: leftOut, reason, ...counts };
}

/** The paths that the texts name, each once; or a 422 with all texts that can name nothing. */
function pathsOf(texts: readonly string[], hosts: readonly string[]): string[] {
  const read = texts.map((text) => pathOf(text, hosts));
  const problems = read.flatMap((path, index): FieldProblem[] =>
    path === null ? [{ field: `paths.${index}`, message: refusal(hosts) }] : [],
  );
  if (problems.length > 0) throw new Problem("invalid_request", { details: problems });
  return [...new Set(read.filter((path) => path !== null))];
}

function pathOf(text: string, hosts: readonly string[]): string | null {
  if (!text.startsWith("/")) return pathOn(hosts, text);
  // Put after a host, so that "//x" stays a path.
  return pathOn(hosts, `https://${hosts[0]}${text}`);
}

function refusal(hosts: readonly string[]): string {
  return `must begin with /, or be a URL of ${hosts.join(" or ")}`;
}
