import type { ZoneDocument } from "../../zones/zone.ts";
import { type Route, targetIn } from "../request/routes.ts";
import type { Target } from "../request/target.ts";
import type { Clients } from "./clients.ts";
import type { Policy } from "./policy.ts";
import { decide, type RuledAnswer } from "./rules.ts";

/** What a zone's policy makes of a request. */
export interface Ruling {
  /** The zone as it is for this request: rules may have changed its settings. */
  zone: ZoneDocument;
  /** Where the URL leads, without the parts of a token. */
  route: Route;
  target: Target;
  /** What is answered in the place of caches and origin; null: they are asked. */
  answer: PolicyAnswer | null;
}

/** What the policy itself answers. */
export type PolicyAnswer = RuledAnswer;

/** The ruling on a request to a zone without a policy, and on one that is answered whatever the policy says. */
export function unjudged(route: Route, zone: ZoneDocument): Ruling {
  return { zone, route, target: targetIn(route, zone), answer: null };
}

/**
 * Holds a request to its zone's policy. The order is fixed: a token is taken off, a preflight passes, then address, country
 * and referer count, then rules, then the signature that they or the zone require.
 */
export function judge(policy: Policy, request: Request, route: Route, zone: ZoneDocument, clients: Clients): Ruling {
  const { rules } = policy;
  if (rules === null) return unjudged(route, zone);
  const effects = decide(rules, { request, url: route.url, clients }, zone);
  const { takedown } = targetIn(route, zone);
  const target = targetIn(route, effects.zone, effects.stored);
  return { zone: effects.zone, route, target: { ...target, takedown }, answer: effects.answer };
}
