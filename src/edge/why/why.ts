import { type Bar, barOf } from "../../accounts/account-document.ts";
import type { InspectedCall, WhyQuestion, WhyReport } from "../../why/report.ts";
import type { ZoneDocument } from "../../zones/zone.ts";
import type { WaitUntil } from "../../zones/zone-table.ts";
import type { Edge } from "../edge.ts";
import { NO_NOTES } from "../fill/exchange.ts";
import type { Judging } from "../policy/judge.ts";
import type { Route } from "../request/routes.ts";
import { throughTier } from "../tier/through-tier.ts";
import { courseOf, exchangesOf, rulingOn, targetOfRequest, type Visit } from "../visit.ts";
import { decide, withAnswer } from "./decide.ts";
import { examineOrigin } from "./examine-origin.ts";
import { look } from "./look.ts";
import { accessReport, purgesOf, rulesOf, storedReport, targetReport } from "./parts.ts";
import { storyOf, summaryOf } from "./story.ts";

/**
 * What the edge would do with a request, and why, decided by the same functions as for a request that is served. It counts,
 * keeps, frees and refreshes nothing, and nobody waits for it. Null: the URL is not in a zone of the owner's.
 *
 * @throws if the zone table cannot be read
 */
export async function why(
  question: WhyQuestion,
  edge: Edge,
  location: string,
  { waitUntil }: Pick<InspectedCall, "waitUntil">,
): Promise<WhyReport | null> {
  const { method, client } = question;
  const headers = question.headers.map(([name, value]): [string, string] => [name, value]);
  const request = new Request(question.url, { method, headers });
  const route = edge.routes.routeOf(request.url);
  const now = Date.now();
  const found = route && (await zoneAt(route, edge, now, waitUntil));
  if (route === null || found === null || !isOwned(found.zone, question)) return null;
  const { zone, zoneId } = found;

  const visit: Visit = { request, route, now, waitUntil, zoneId };
  const bar = barOf(await edge.accounts.lookup(zone.account, now, waitUntil), zone.mode, now);
  const judging = judgingAsAsked(question, edge);
  const ruling = await rulingOn(visit, zone, bar, judging);
  const asked = targetOfRequest(request, ruling);
  const barred: Bar | "taken-down" | null = bar ?? (asked.takedown === null ? null : "taken-down");
  const course = courseOf(request, ruling);
  const exchanges = exchangesOf(visit, ruling, asked, course, { ...edge, ...judging }, NO_NOTES);
  const { exchange } = exchanges;
  try {
    const seen = await look(exchanges, course.kind === "stored");
    const decided = decide(barred, course, exchange, seen.lookup);
    const asks = question.asksOrigin && barred === null && course.kind === "read";
    const examined = asks ? await examineOrigin(exchange) : null;
    const decision = examined === null ? decided : withAnswer(decided, seen.lookup, examined.judged, examined.report);
    const { target } = exchange;
    const report: Omit<WhyReport, "summary" | "story"> = {
      url: request.url,
      method,
      location,
      zone: { id: zone.id, name: zone.name, mode: zone.mode, state: zone.state, version: zone.version },
      hostname: { name: route.url.hostname, custom: zoneId !== null },
      client,
      target: targetReport(target, ruling.zone.settings),
      rules: rulesOf(ruling),
      access: accessReport(ruling, barred !== null || zone.state !== "active"),
      decision,
      stored: storedReport(seen.found, now),
      purges: purgesOf(zone.purges, target, seen.found?.stored ?? null),
      tier: edge.tier === null ? null : throughTier(exchange, seen.lookup.kind === "found" ? seen.lookup.stored : null),
      origin: examined?.report ?? null,
    };
    return { ...report, summary: summaryOf(report), story: storyOf(report, question.asksOrigin) };
  } finally {
    await exchange.bodies.closeAllBut(null);
  }
}

/** The zone that a URL leads to, and its id if the hostname is its customer's own. */
async function zoneAt(
  { surface }: Route,
  { zones, hostnames }: Edge,
  now: number,
  waitUntil: WaitUntil,
): Promise<{ zone: ZoneDocument; zoneId: string | null } | null> {
  if (surface.kind === "edge") {
    const zone = await zones.lookup(surface.zone, now, waitUntil);
    return zone && { zone, zoneId: null };
  }
  if (surface.kind !== "hostname") return null;
  const leads = (await hostnames.lookup(surface.hostname, now, waitUntil))?.zone ?? null;
  const zone = leads && (await zones.lookup(leads.name, now, waitUntil));
  return zone !== null && zone.id === leads?.id ? { zone, zoneId: zone.id } : null;
}

function isOwned({ account, mode, id }: ZoneDocument, { owner }: WhyQuestion): boolean {
  return account === owner.account && mode === owner.mode && (owner.zones === null || owner.zones.includes(id));
}

/** What the request is judged with: the client is where the question says, and does not use up a rate limit. */
function judgingAsAsked({ client }: WhyQuestion, { rates, keyring }: Edge): Judging {
  return {
    clients: {
      addressOf: () => client.address,
      countryOf: () => client.country,
      asnOf: () => client.asn,
      schemeOf: (_, { protocol }) => (protocol === "https:" ? "https" : "http"),
    },
    rates: { take: (zoneId, address, limit, now) => rates.look(zoneId, address, limit, now) },
    keyring,
  };
}
