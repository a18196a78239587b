import { accountTableOf } from "./accounts/account-table.ts";
import { customerOf } from "./accounts/client-address.ts";
import { clientsOf } from "./accounts/clients.ts";
import { DocumentCopies } from "./documents/document-copies.ts";
import type { FeedCopy } from "./documents/feed-copy.ts";
import { feedOf } from "./documents/feed-of.ts";
import { failure } from "./edge/answer/failure.ts";
import { refuse } from "./edge/answer/refusal.ts";
import { toResponse } from "./edge/answer/send.ts";
import { locationNotes } from "./edge/cache/location-notes.ts";
import { Memory } from "./edge/cache/memory.ts";
import { ownCache, type PlainCache } from "./edge/cache/own-cache.ts";
import { createStore } from "./edge/cache/store.ts";
import type { Edge } from "./edge/edge.ts";
import { Coalescing } from "./edge/fill/coalescing.ts";
import { FillBudget, fillBounds } from "./edge/fill/fill-budget.ts";
import { RangeDemand } from "./edge/fill/range-demand.ts";
import { originAccess } from "./edge/origin/origin-access.ts";
import type { LocationNotes } from "./edge/origin/origin-health.ts";
import { BOUNDS_MS, originTimes } from "./edge/origin/origin-times.ts";
import { ClientRates, type RateLimits } from "./edge/policy/client-rates.ts";
import { Routes } from "./edge/request/routes.ts";
import { serve } from "./edge/serve.ts";
import { serveHostname } from "./edge/serve-hostname.ts";
import type { Tier } from "./edge/tier/tier.ts";
import { UpperTier } from "./edge/tier/upper-tier.ts";
import { inspectorOf } from "./edge/why/inspector.ts";
import type { ClientRateBindings, Env } from "./env.ts";
import { type AskBucket, askingBuckets } from "./files/buckets.ts";
import { hostTableOf } from "./hostnames/host-table.ts";
import { type Surface, storeOrigin } from "./hosts.ts";
import { exposeIsolate } from "./metrics/isolate-figures.ts";
import { LogCollector } from "./request-log/delivery/log-collector.ts";
import { RequestWatching } from "./request-log/request-watching.ts";
import { endOpenTails } from "./request-log/tail/open-tails.ts";
import { TailSender } from "./request-log/tail/tail-sender.ts";
import { settingsOf, type Variables } from "./settings.ts";
import { Metering } from "./usage/metering.ts";
import { popOf } from "./usage/pop-of.ts";
import type { Inspector } from "./why/report.ts";
import { cacheTagField } from "./zones/purge/cache-tags.ts";
import { zoneTableOf } from "./zones/zone-table.ts";

/** What serving zones needs. */
export type EdgeEnv = Variables &
  ClientRateBindings &
  Pick<Env, "ZONES" | "LOCATION_METER" | "ZONE_TAIL" | "LOG_OUTBOX"> &
  Partial<Pick<Env, "CHANGE_FEED">>;

/** A surface that is not the edge's. */
export type ControlSurface = Exclude<Surface["kind"], "edge" | "hostname" | "unknown">;

/**
 * Answers a request for a surface that is not the edge's; `url` is the request's. `inspector` answers questions about the edge.
 */
export type ControlPlane<E extends EdgeEnv> = (
  surface: ControlSurface,
  url: URL,
  request: Request,
  env: E,
  ctx: ExecutionContext,
  inspector: Inspector,
) => Promise<Response>;

/** What a Worker does for each request, and before its process ends. */
export interface Entry<E extends EdgeEnv> {
  /** Serves zones, refuses requests that are for nobody, and leaves the rest to the control plane. Never throws or rejects. */
  fetch(request: Request, env: E, ctx: ExecutionContext): Response | Promise<Response>;
  /** Answers questions about the edge. */
  inspector(env: E, request: Request): Inspector;
  /** Sends counts and events to where they outlive the isolate, and ends the tails that clients listen to. */
  drain(): Promise<void>;
}

/**
 * The entry of a Worker that serves the edge. What it keeps between requests belongs to one isolate.
 *
 * @param cacheOf where responses are stored
 * @param tierOf the tier between this and the origins; null: there is none
 * @param changesOf announces changes of zones, hostnames and accounts; null: nothing does
 * @param bucketsOf the buckets that zones may have as their origin
 * @param copiesIn the cache in which a location's isolates share what they read from KV; null: there is none
 * @param notesOf where those who ask origins tell each other which are down
 */
export function createEntry<E extends EdgeEnv>(
  control: ControlPlane<E>,
  cacheOf: (env: E) => PlainCache = () => ownCache("rescdn"),
  tierOf: (env: E) => Tier | null = () => null,
  changesOf: (env: E) => FeedCopy | null = (env) => feedOf("zones", env),
  bucketsOf: (env: E) => AskBucket = askingBuckets,
  copiesIn: string | null = null,
  notesOf: (env: E) => LocationNotes = (env) => locationNotes(cacheOf(env), storeOrigin(settingsOf(env))),
): Entry<E> {
  let edge: OwnEdge | null = null;
  let inspector: Inspector | null = null;

  const edgeFor = (env: E, request: Request) =>
    edgeOf(env, cacheOf(env), tierOf(env), changesOf(env), bucketsOf(env), copiesIn, notesOf(env), request);

  function inspect(env: E, request: Request): Inspector {
    edge ??= edgeFor(env, request);
    inspector ??= inspectorOf(edge, popOf(request.cf?.colo));
    return inspector;
  }

  function dispatch(request: Request, env: E, ctx: ExecutionContext): Response | Promise<Response> {
    edge ??= edgeFor(env, request);
    const route = edge.routes.routeOf(request.url);
    // RFC 9112 §3.2: "a server MUST respond with a 400".
    if (route === null) return toResponse(refuse("bad-host", request));
    switch (route.surface.kind) {
      case "edge":
        return serve(request, route, route.surface.zone, edge, (work) => ctx.waitUntil(work));
      case "hostname":
        return serveHostname(request, route, route.surface.hostname, edge, (work) => ctx.waitUntil(work));
      case "api":
      case "records":
      case "dns":
      case "sign-in":
      case "dashboard":
        return control(route.surface.kind, route.url, request, env, ctx, inspect(env, request));
      case "unknown":
        return toResponse(refuse("unknown-host", request));
      default:
        return route.surface satisfies never;
    }
  }

  return {
    // Not async: a hot response is answered without a promise.
    fetch(request, env, ctx) {
      try {
        const answer = dispatch(request, env, ctx);
        return answer instanceof Promise ? answer.catch((error) => toResponse(failure(request, error))) : answer;
      } catch (error) {
        return toResponse(failure(request, error));
      }
    },
    inspector: inspect,
    async drain() {
      await Promise.all([edge && settleAll(edge), endOpenTails()]);
    },
  };
}

type OwnEdge = Edge & { usage: Metering; watching: RequestWatching };

function edgeOf(
  env: EdgeEnv,
  cache: PlainCache,
  tier: Tier | null,
  changes: FeedCopy | null,
  buckets: AskBucket,
  copiesIn: string | null,
  notes: LocationNotes,
  { cf }: Request,
): OwnEdge {
  const settings = settingsOf(env);
  const location = popOf(cf?.colo);
  const clients = clientsOf(settings);
  const accounts = accountTableOf(env.ZONES);
  const zones = zoneTableOf(env.ZONES);
  const hostnames = hostTableOf(env.ZONES);
  const copies = copiesIn === null ? null : new DocumentCopies(copiesIn, storeOrigin(settings));
  if (changes !== null) for (const table of [zones, hostnames, accounts]) table.follow(changes, copies);
  const memory = new Memory(settings.memory);
  const usage = new Metering(env.LOCATION_METER, location, (document) => accounts.remember(document, Date.now()));
  exposeIsolate(() => ({
    memoryBytes: memory.bytes,
    meterLagMs: usage.lagMs(Date.now()),
    originTimes: { boundsMs: BOUNDS_MS, ...originTimes() },
  }));
  return {
    routes: new Routes(settings),
    hostnames,
    zones,
    accounts,
    store: createStore(cache, storeOrigin(settings), settings.cloudflare && cacheTagField),
    coalescing: new Coalescing(),
    fills: new FillBudget(fillBounds(settings.fillBytes)),
    ranges: new RangeDemand(),
    tier: tier && new UpperTier(tier),
    origins: originAccess(settings.keyring, notes, buckets),
    watching: watchingOf(env, clients, location),
    memory,
    usage,
    stalledMs: settings.stalledClientMs,
    settings,
    clients,
    rates: new ClientRates(customerOf, rateLimitsOf(env)),
    keyring: settings.keyring,
  };
}

/** From now on, an answer is complete only when its counts and events are where they outlive the isolate. */
async function settleAll({ usage, watching }: OwnEdge): Promise<void> {
  await Promise.all([usage.drain(), watching.drain()]);
  const { settle } = usage;
  usage.settle = async (zone) => {
    await Promise.all([settle?.(zone), watching.settle(zone)]);
  };
}

function watchingOf(env: EdgeEnv, clients: OwnEdge["clients"], location: string): RequestWatching {
  const source = { isolate: crypto.randomUUID(), location };
  return new RequestWatching(clients, location, {
    tail: ({ id }, tail) => new TailSender(id, source, () => env.ZONE_TAIL.getByName(id), tail),
    logs: ({ id }) => new LogCollector(id, () => env.LOG_OUTBOX.getByName(id)),
  });
}

function rateLimitsOf({ CLIENT_RATE_50, CLIENT_RATE_200, CLIENT_RATE_1000 }: ClientRateBindings): RateLimits {
  const steps = [
    { requests: 50, binding: CLIENT_RATE_50 },
    { requests: 200, binding: CLIENT_RATE_200 },
    { requests: 1_000, binding: CLIENT_RATE_1000 },
  ];
  return steps.flatMap(({ requests, binding }) => (binding === undefined ? [] : [{ requests, binding }]));
}
