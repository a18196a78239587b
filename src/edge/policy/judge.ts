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

/** What a zone's policy makes of a request. */
export interface Ruling {
  /** The zone as it is for this request: rules may have changed its settings. */
  zone: ZoneDocument;
  /** Where the URL leads, without the parts of a token. */
  route: Route;
  target: Target;
  /** The zone as its document has it. */
  document: ZoneDocument;
  /** What is answered in the place of caches and origin; null: they are asked. */
  answer: PolicyAnswer | null;
  /** When the right to the answer ends, ms since the epoch; null: it is everybody's. */
  until: number | null;
  /** Whether the zone's origin is not asked for this client: the zone is in maintenance. */
  isClosed: boolean;
  /** Places, in the zone's list of rules, of those that match. */
  matched: readonly number[];
}

/** What the policy itself answers. */
export type PolicyAnswer =
  | { kind: "refused"; reason: AccessRefusal | SignatureRefusal }
  /** Seconds to wait. */
  | { kind: "rate-limited"; wait: number }
  | RuledAnswer;

/** What requests are held to a policy with. */
export interface Judging {
  clients: Clients;
  rates: Pick<ClientRates, "take">;
  /** What the zones' signing keys are sealed with; null: nothing. */
  keyring: Keyring | null;
}

const NONE: readonly number[] = [];

/** The ruling on a request to a zone without a policy. */
export function unruled(route: Route, zone: ZoneDocument): Ruling {
  const target = targetIn(route, zone);
  return { zone, route, target, document: zone, answer: null, until: null, isClosed: false, matched: NONE };
}

/** The ruling on a request that is answered whatever the policy says. */
export function unjudged({ signing }: Policy, route: Route, zone: ZoneDocument): Ruling {
  return unruled(signing === null ? route : presentedBy(route).route, zone);
}

/**
 * Holds a request to its zone's policy. The order is fixed: a token is taken off, a preflight that the edge answers passes, then
 * the client counts (address, country, network, referer, user agent, rate), then rules, then the signature that they or the
 * zone require. Nothing asynchronous is done but to ask Cloudflare's Rate Limiting, where a zone limits rates.
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

/** What rules make of the URL without its token, and whether the token does where one is required. */
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
  // Where it is asked by https a token is verified: it goes along.
  if (asked?.isSentToHttps) return ruled(route, asked);
  // Where none is required the parameters of tokens are ordinary ones. No spelling of a URL escapes the rule for another.
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

/** All that a request for a URL may ask of a zone, whoever asks: what an unsafe method changes of one, it changes of all. */
export function targetsOf(url: URL, zone: ZoneDocument): readonly Target[] {
  return policyOf(zone)?.rules?.targetsOf(url) ?? [targetOf(url, zone)];
}

/** Fetch §4.8: a CORS-preflight request. */
function isPreflight(request: Request): boolean {
  return request.method === "OPTIONS" && request.headers.has("access-control-request-method");
}
