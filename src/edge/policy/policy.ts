import type { ZoneDocument } from "../../zones/zone.ts";
import { prepareRules, type Rules } from "./rules.ts";

/** What a zone has set of who may fetch what, in the form in which requests are held to it. */
export interface Policy {
  rules: Rules | null;
}

/** By document, of which an isolate keeps one for each zone: null where the zone uses none of it. */
const prepared = new WeakMap<ZoneDocument, Policy | null>();

/** The policy of a zone, prepared once for each document; null: there is nothing to hold requests to. */
export function policyOf(zone: ZoneDocument): Policy | null {
  let policy = prepared.get(zone);
  if (policy === undefined) {
    policy = prepare(zone);
    prepared.set(zone, policy);
  }
  return policy;
}

function prepare(zone: ZoneDocument): Policy | null {
  const rules = prepareRules(zone);
  return rules === null ? null : { rules };
}
