import type { OriginHealthQuestion, OriginHealthReport } from "../../why/origin-health-report.ts";
import type { InspectedCall } from "../../why/report.ts";
import type { Edge } from "../edge.ts";
import { type Candidate, candidatesOf, isCheckedDown } from "../origin/candidates.ts";
import { turnOf } from "../origin/failover.ts";

/** What this location knows of a zone's origins, and which of them it asks. Null: it knows no such zone. */
export async function originHealth(
  { name, id }: OriginHealthQuestion,
  { zones, origins, tier }: Edge,
  location: string,
  { waitUntil }: Pick<InspectedCall, "waitUntil">,
): Promise<OriginHealthReport | null> {
  const now = Date.now();
  const zone = await zones.lookup(name, now, waitUntil);
  if (zone === null || zone.id !== id) return null;
  const states = await origins.health.statesOf(id, now);
  const candidates = candidatesOf(zone).filter(({ isFallback }) => !isFallback);
  const isDown = (candidate: Candidate) => states.get(candidate.id)?.isDown === true || isCheckedDown(candidate, zone);
  return {
    location,
    at: now,
    upperTier: tier !== null && zone.settings.shield,
    origins: candidates.map((candidate) => ({
      name: candidate.name,
      url: candidate.base + candidate.prefix,
      weight: candidate.weight,
      asked: turnOf(candidate, candidates, isDown),
      seen: states.get(candidate.id) ?? null,
    })),
  };
}
