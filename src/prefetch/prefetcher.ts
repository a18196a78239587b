import { DurableObject } from "cloudflare:workers";
import { log } from "../log/log.ts";
import { type AskEdge, bring, sitemapText } from "./ask-edge.ts";
import { MOST_PATHS, type PrefetchJob, type PrefetchOrder, type PrefetchResult } from "./job.ts";
import { pathOn } from "./path-on.ts";

/**
 * How many things are fetched at a time, and how long until the next begin at the earliest: an origin gets at most 20 requests
 * a second.
 */
const AT_ONCE = 10;
const PACE_MS = 500;
/** How many orders of a zone may wait, how many are remembered, and for how long (ms). */
const MOST_WAITING = 5;
const MOST_REMEMBERED = 20;
const REMEMBERED_MS = 7 * 86_400_000;
/** How many sitemaps are read for one order. */
const MOST_SITEMAPS = 20;
/** How long reading them may take, ms: an alarm may not go on for ever. */
const READING_MS = 300_000;
const NO_SITEMAP =
  "is not a sitemap: it is neither a urlset nor a sitemapindex, or has very many tags that belong to no entry";
/** Longer paths in a sitemap are left out (characters). */
const LONGEST_PATH = 1_024;

/**
 * Fetches things of one zone to the edge, order by order. There is one object for each zone. It asks the edge as a client
 * would, so that everything is decided as for clients.
 */
export class Prefetcher extends DurableObject<unknown> {
  /** Takes an order. False: too many are already waiting. */
  async order({ paths, ...order }: PrefetchOrder): Promise<boolean> {
    const jobs = this.#jobs();
    if (jobs.filter(({ finishedAt }) => finishedAt === null).length >= MOST_WAITING) return false;
    const job: PrefetchJob = {
      ...order,
      state: "waiting",
      createdAt: Date.now(),
      finishedAt: null,
      total: paths === null ? null : paths.length,
      done: 0,
      leftOut: 0,
      reason: null,
      counts: { held: 0, stored: 0, not_stored: 0, failed: 0 },
    };
    for (const { id } of jobs.slice(MOST_REMEMBERED - 1)) this.#forget(id);
    if (paths !== null) this.ctx.storage.kv.put(`paths ${job.id}`, paths);
    this.#keep([job, ...jobs].slice(0, MOST_REMEMBERED));
    await this.ctx.storage.setAlarm(Date.now());
    return true;
  }

  /** An order and its results, beginning at `from`; null: there is no such id. */
  read(id: string, from: number, limit: number): { job: PrefetchJob; results: PrefetchResult[] } | null {
    const job = this.#jobs().find((each) => each.id === id);
    return job === undefined ? null : { job, results: this.#results(id).slice(from, from + limit) };
  }

  /** The edges to ask: the Worker itself. */
  edges(): AskEdge[] | Promise<AskEdge[]> {
    const { exports } = this.ctx as unknown as { exports: { default: Pick<Fetcher, "fetch"> } };
    return [(request) => exports.default.fetch(request)];
  }

  override async alarm(): Promise<void> {
    const begun = Date.now();
    const jobs = this.#jobs();
    // The newest comes first.
    const job = jobs.findLast(({ finishedAt }) => finishedAt === null);
    if (job === undefined) return this.#expire(jobs, begun);
    try {
      const edges = await this.edges();
      if (job.total === null) await this.#readSitemap(job, edges[0]!);
      else await this.#bringSome(job, edges);
    } catch (error) {
      // Otherwise it would hold up all orders behind it.
      log("prefetch_failed", { zone: job.zone, id: job.id, error });
      finish(job, "failed", "the edge failed before it was done: order it again");
    }
    // The list is read again: more orders may have come in while the origin was waited for.
    this.#keep(this.#jobs().map((each) => (each.id === job.id ? job : each)));
    await this.ctx.storage.setAlarm(begun + PACE_MS);
  }

  async #bringSome(job: PrefetchJob, edges: readonly AskEdge[]): Promise<void> {
    const { kv } = this.ctx.storage;
    const paths = (kv.get<string[]>(`paths ${job.id}`) ?? []).slice(job.done, job.done + AT_ONCE);
    const results = await Promise.all(paths.map((path) => bring(edges, job.host, path)));
    kv.put(`results ${job.id}`, [...this.#results(job.id).slice(0, job.done), ...results]);
    for (const { outcome } of results) job.counts[outcome]++;
    job.done += results.length;
    job.state = "running";
    if (results.length < AT_ONCE || job.done >= job.total!) finish(job, "done", null);
  }

  async #readSitemap(job: PrefetchJob, ask: AskEdge): Promise<void> {
    const paths = new Set<string>();
    const waiting = [job.sitemap!];
    const seen = new Set(waiting);
    const end = Date.now() + READING_MS;
    for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
      if (Date.now() > end) return finish(job, "failed", "its sitemaps did not arrive within five minutes");
      const read = await sitemapText(ask, job.host, path);
      // Loaded here because it brings an XML parser, which isolates without prefetching do not need.
      const { readSitemap } = await import("./sitemap.ts");
      const sitemap = read.ok ? readSitemap(read.text) : null;
      if (sitemap === null) return finish(job, "failed", read.ok ? `${path} ${NO_SITEMAP}` : read.reason);
      if (sitemap.sitemaps.length === 0) job.leftOut += sitemap.unread;
      for (const url of sitemap.urls) {
        const own = pathOn(job.hosts, url);
        if (own === null || own.length > LONGEST_PATH || (paths.size >= MOST_PATHS && !paths.has(own))) job.leftOut++;
        else paths.add(own);
      }
      for (const url of sitemap.sitemaps) {
        const own = pathOn(job.hosts, url);
        if (own === null || own.length > LONGEST_PATH || seen.size >= MOST_SITEMAPS || seen.has(own)) continue;
        seen.add(own);
        waiting.push(own);
      }
    }
    this.ctx.storage.kv.put(`paths ${job.id}`, [...paths]);
    job.total = paths.size;
    job.state = "running";
    if (paths.size === 0) finish(job, "failed", "the sitemap has no URL on this zone's hosts, or on its origin's");
  }

  async #expire(jobs: readonly PrefetchJob[], now: number): Promise<void> {
    const kept = jobs.filter(({ createdAt }) => createdAt + REMEMBERED_MS > now);
    for (const { id } of jobs) if (!kept.some((job) => job.id === id)) this.#forget(id);
    if (kept.length === 0) return this.ctx.storage.deleteAll();
    this.#keep(kept);
    await this.ctx.storage.setAlarm(kept.at(-1)!.createdAt + REMEMBERED_MS);
  }

  /** Newest first. */
  #jobs(): PrefetchJob[] {
    return this.ctx.storage.kv.get<PrefetchJob[]>("jobs") ?? [];
  }

  #keep(jobs: readonly PrefetchJob[]): void {
    this.ctx.storage.kv.put("jobs", jobs);
  }

  #results(id: string): PrefetchResult[] {
    return this.ctx.storage.kv.get<PrefetchResult[]>(`results ${id}`) ?? [];
  }

  #forget(id: string): void {
    this.ctx.storage.kv.delete(`paths ${id}`);
    this.ctx.storage.kv.delete(`results ${id}`);
  }
}

function finish(job: PrefetchJob, state: "done" | "failed", reason: string | null): void {
  job.state = state;
  job.reason = reason;
  job.finishedAt = Date.now();
  if (state === "failed") job.total ??= 0;
}
