import type { Keyring } from "../../secrets/keyring.ts";
import type { ZoneDocument } from "../../zones/zone.ts";
import { type Route, targetIn } from "../request/routes.ts";
import { type Target, targetOf } from "../request/target.ts";
import { type AccessRefusal, refusalOfAccess } from "./access.ts";
import type { RuledAnswer } from "./answer-by-rule.ts";
import type { ClientRates } from "./client-rates.ts";
import type { Clients } from "./clients.ts";
import { isClosedTo } from "./closure.ts";
import { keysOf, type Policy, policyOf } from "./policy.ts";
import { type Presented, presentedBy } from "./presented.ts";
import type { Effects } from "./rules.ts";
import { refusalOfSignature, type SignatureRefusal } from "./signature.ts";

/** What a zone's policy decides about a request. */
export interface Ruling {
  /** The zone as it is for this request: rules may have changed its settings. */
  zone: ZoneDocument;
  /** The route of the URL, without the parts of a token. */
  route: Route;
  target: Target;
  /** The zone as its document has it. */
  document: ZoneDocument;
  /** What is answered in place of the caches and the origin; null: they are asked. */
  answer: PolicyAnswer | null;
  /** When the client's right to the answer ends, ms since the epoch; null: everybody may have it. */
  until: number | null;
  /** Whether the zone's origin is not asked for this client: the zone is in maintenance. */
  isClosed: boolean;
  /** The positions of the matching rules in the zone's list. */
  matched: readonly number[];
}

/** What the policy itself answers. */
export type PolicyAnswer =
  | { kind: "refused"; reason: AccessRefusal | SignatureRefusal }
  /** Seconds to wait. */
  | { kind: "rate-limited"; wait: number }
  | RuledAnswer;

/** What it takes to judge requests. */
export interface Judging {
  clients: Clients;
  rates: Pick<ClientRates, "take">;
  /** The keys that seal the zones' signing keys; null: there are none. */
  keyring: Keyring | null;
}

const NONE: readonly number[] = [];

/** The ruling on a request to a zone without a policy. */
export function unruled(route: Route, zone: ZoneDocument): Ruling {
  const target = targetIn(route, zone);
  return { zone, route, target, document: zone, answer: null, until: null, isClosed: false, matched: NONE };
}

/** The ruling on a request that is answered regardless of the policy. */
export function unjudged({ signing }: Policy, route: Route, zone: ZoneDocument): Ruling {
  return unruled(signing === null ? route : presentedBy(route).route, zone);
}

/**
 * Checks a request against its zone's policy. The order is fixed: a token is removed from the URL, a preflight that the edge
 * answers passes, then come checks of the client (address, country, network, referer, user agent, rate), then rules, then the
 * signature that they or the zone require. Only Cloudflare's Rate Limiting is asked asynchronously, if a zone limits rates.
 *
 * @param now ms since the epoch
 */
export function judge(
  policy: Policy,
  request: Request,
  route: Route,
  zone: ZoneDocument,
  now: number,
  judging: Judging,
): Ruling | Promise<Ruling> {
  const { clients, rates } = judging;
  if (isPreflight(request) && zone.settings.cors !== false) return unjudged(policy, route, zone);
  const presented = policy.signing === null ? null : presentedBy(route);
  const reason = policy.access === null ? null : refusalOfAccess(policy.access, request, route.url, clients);
  if (reason !== null) return answered(policy, route, zone, { kind: "refused", reason });
  if (policy.rateLimit === null) return ruleAndVerify(policy, presented, request, route, zone, now, judging);
  const after = (wait: number | null) =>
    wait === null
      ? ruleAndVerify(policy, presented, request, route, zone, now, judging)
      : answered(policy, route, zone, { kind: "rate-limited", wait });
  const wait = rates.take(zone.id, clients.addressOf(request), policy.rateLimit, now);
  return wait instanceof Promise ? wait.then(after) : after(wait);
}

function answered(policy: Policy, route: Route, zone: ZoneDocument, answer: PolicyAnswer): Ruling {
  return { ...unjudged(policy, route, zone), answer };
}

/** Applies the rules to the URL without its token, and verifies the token if one is required. */
function ruleAndVerify(
  { rules, signing, closure }: Policy,
  presented: Presented | null,
  request: Request,
  route: Route,
  zone: ZoneDocument,
  now: number,
  { clients, keyring }: Judging,
): Ruling {
  const isClosed = closure !== null && isClosedTo(request, closure, clients);
  const ruled = (on: Route, effects: Effects | null): Ruling => {
    if (effects === null) return { ...unruled(on, zone), isClosed };
    const { zone: ruledZone, target, answer, matched } = effects;
    return { zone: ruledZone, route: on, target, document: zone, answer, until: null, isClosed, matched };
  };
  const effectsOn = (on: Route) => rules?.decide({ request, route: on, clients }) ?? null;
  if (signing === null || presented === null) return ruled(route, effectsOn(route));
  const effects = effectsOn(presented.route);
  const asked = presented.route === route ? effects : effectsOn(route);
  // The redirect keeps the token, and the request by https verifies it.
  if (asked?.isSentToHttps) return ruled(route, asked);
  // If no signature is required, the parameters of tokens are ordinary ones. Both spellings are checked, so that none escapes
  // the rule for the other.
  const isRequired = requires(effects, signing.isRequired) || requires(asked, signing.isRequired);
  if (!isRequired) return ruled(route, asked);
  const ruling = ruled(presented.route, effects);
  if (ruling.answer !== null || isPreflight(request)) return ruling;
  const { token } = presented;
  const reason = refusalOfSignature(token, keysOf(signing, keyring), request, clients, now);
  if (reason !== null) return { ...ruling, answer: { kind: "refused", reason } };
  return { ...ruling, until: token.kind === "signed" ? token.expiresAt : null };
}

function requires(effects: Effects | null, byZone: boolean): boolean {
  return effects?.signature ?? byZone;
}

/** All targets that requests for a URL may have, whoever asks: an unsafe method that changes one of them changes all. */
export function targetsOf(url: URL, zone: ZoneDocument): readonly Target[] {
  return policyOf(zone)?.rules?.targetsOf(url) ?? [targetOf(url, zone)];
}

/** Fetch §4.8: a CORS-preflight request. */
function isPreflight(request: Request): boolean {
  return request.method === "OPTIONS" && request.headers.has("access-control-request-method");
}
