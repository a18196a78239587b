import type { Bar } from "../accounts/account-document.ts";
import { zoneHosts } from "../hosts.ts";
import { parseRequestCacheControl } from "../http/cache-control.ts";
import { rangeOf } from "../http/range.ts";
import type { Settings } from "../settings.ts";
import type { ZoneDocument } from "../zones/zone.ts";
import type { WaitUntil } from "../zones/zone-table.ts";
import { OpenBodies } from "./body/open-bodies.ts";
import type { Memory } from "./cache/memory.ts";
import type { Exchange, Filling, Notes } from "./fill/exchange.ts";
import { type Judging, judge, type PolicyAnswer, type Ruling, unjudged, unruled } from "./policy/judge.ts";
import { policyOf } from "./policy/policy.ts";
import { type Admission, admit } from "./request/admission.ts";
import { withAddress } from "./request/forwarded-fields.ts";
import type { Route } from "./request/routes.ts";
import { type Target, targetWithFields } from "./request/target.ts";

/** A request as it came in. */
export interface Visit {
  request: Request;
  route: Route;
  /** When it arrived, ms since the epoch. */
  now: number;
  waitUntil: WaitUntil;
  /** The id of the zone of that name that it is for; null: whichever has the name. */
  zoneId: string | null;
}

/**
 * What the zone's policy decides about a request. It does not apply to a request that is barred, or to a zone that is not
 * active.
 */
export function rulingOn(
  { request, route, now }: Visit,
  zone: ZoneDocument,
  bar: Bar | null,
  judging: Judging,
): Ruling | Promise<Ruling> {
  const policy = policyOf(zone);
  if (policy === null) return unruled(route, zone);
  if (bar !== null || zone.state !== "active") return unjudged(policy, route, zone);
  return judge(policy, request, route, zone, now, judging);
}

/** In a zone that lists headers, each of their values has its own object. */
export function targetOfRequest({ headers }: Request, { target, zone }: Ruling): Target {
  const listed = zone.settings.forward.headers;
  return listed === "all" || listed.length === 0 ? target : targetWithFields(target, headers, [], zone);
}

/** What to do with a request that nothing hot answers, before any cache or origin is asked. */
export type Course =
  | { kind: "policy"; answer: PolicyAnswer }
  | { kind: "refused"; reason: Extract<Admission, { kind: "refused" }>["reason"] | "maintenance" }
  | { kind: "options" }
  /** It is answered from the caches only: the zone is closed. */
  | { kind: "stored" }
  | Extract<Admission, { loop: readonly string[] }>;

/** Decides it. */
export function courseOf(request: Request, { answer, zone, isClosed }: Ruling): Course {
  if (answer !== null) return { kind: "policy", answer };
  const admission = admit(request, zone);
  if (!isClosed || admission.kind === "refused" || admission.kind === "options") return admission;
  return admission.kind === "read" ? { kind: "stored" } : { kind: "refused", reason: "maintenance" };
}

/** What it takes to make an exchange. */
type Making = Filling & Pick<Judging, "clients"> & { memory: Memory; settings: Pick<Settings, "edgeDomains"> };

/**
 * The request with everything needed to answer it. `asOthers`: the same under the common key, if the networks that it has
 * passed give it a key of its own.
 */
export function exchangesOf(
  { request, now, waitUntil }: Visit,
  { zone, document, route }: Ruling,
  target: Target,
  course: Course,
  { store, memory, coalescing, fills, ranges, tier, origins, stalledMs, settings, clients }: Making,
  notes: Notes,
): { exchange: Exchange; asOthers: Exchange } {
  const loop = "loop" in course ? course.loop : [];
  const asOthers: Exchange = {
    request: zone.settings.forward.client_ip ? withAddress(request, clients.addressOf(request)) : request,
    url: route.url,
    zone,
    document,
    hosts: zoneHosts(zone.name, settings),
    target,
    directives: parseRequestCacheControl(request.headers),
    range: rangeOf(request),
    now,
    bodies: new OpenBodies(),
    waitUntil,
    store,
    memory: zone.settings.methods === "all" ? null : memory,
    coalescing,
    fills,
    ranges,
    tier,
    origins,
    stalledMs,
    ...notes,
  };
  if (loop.length === 0) return { exchange: asOthers, asOthers };
  return { exchange: { ...asOthers, target: targetWithFields(target, request.headers, loop, zone) }, asOthers };
}
