import { BoundedMap } from "../../memo/bounded-map.ts";
import type { AccessList, AccessSettings } from "../../zones/access-settings.ts";
import { addressMatcher } from "./address-matcher.ts";
import type { Clients } from "./clients.ts";
import { hostMatcher, refererHost } from "./referer.ts";

/** Why a client may not fetch anything from a zone, whatever it asks for. */
export type AccessRefusal = "access-address" | "access-country" | "access-asn" | "access-referer" | "access-user-agent";

/** A zone's lists of who may fetch, prepared for checking requests. */
export type Access = readonly Check[];

/** Null: it passes. */
type Check = (request: Request, url: URL, clients: Clients) => AccessRefusal | null;

/** What is known of one kind of fact about a request. */
type Known<Value> = { kind: "known"; value: Value } | { kind: "unknown" } | { kind: "missing" };

const UNKNOWN = { kind: "unknown" } as const;
const MISSING = { kind: "missing" } as const;

/** A zone's access rules in the order in which they are checked; null: it has none. */
export function prepareAccess(settings: AccessSettings): Access | null {
  const { addresses, countries, asns, referers, user_agents: agents } = settings;
  const checks: Check[] = [];
  if (isUsed(addresses)) {
    const passes = listOf(addresses, addressMatcher);
    checks.push((request, _, clients) => refused("access-address", passes(orUnknown(clients.addressOf(request)))));
  }
  if (isUsed(countries)) {
    const passes = listOf(countries, oneOf);
    checks.push((request, _, clients) => refused("access-country", passes(orUnknown(clients.countryOf(request)))));
  }
  if (isUsed(asns)) {
    const passes = listOf(asns, oneOf);
    checks.push((request, _, clients) => refused("access-asn", passes(orUnknown(clients.asnOf(request)))));
  }
  if (isUsed(referers)) {
    const passes = listOf(referers, hostMatcher);
    const hostOf = remembering(refererHost);
    checks.push(({ headers }, { hostname }) => {
      const text = headers.get("referer");
      const host = text === null || text === "" ? MISSING : orUnknown(hostOf(text));
      // The zone's own pages and style sheets refer to its files, such as fonts.
      if (host.kind === "known" && host.value === hostname) return null;
      return refused("access-referer", passes(host));
    });
  }
  if (isUsed(agents)) {
    const passes = listOf(agents, textMatcher);
    checks.push(({ headers }) => {
      const agent = headers.get("user-agent");
      return refused("access-user-agent", passes(agent === null || agent === "" ? MISSING : known(agent)));
    });
  }
  return checks.length === 0 ? null : checks;
}

/** The first of the rules that a request does not pass. */
export function refusalOfAccess(access: Access, request: Request, url: URL, clients: Clients): AccessRefusal | null {
  for (const check of access) {
    const refusal = check(request, url, clients);
    if (refusal !== null) return refusal;
  }
  return null;
}

function isUsed<List extends AccessList<unknown>>(list: List | undefined): list is List {
  return list !== undefined && (list.allow !== undefined || list.deny !== undefined || list.none === "deny");
}

/**
 * Whether a value passes a list: it is not denied and, if only some are allowed, it is one of them. An unknown value is not
 * denied, but not allowed either. A missing value has a switch of its own.
 */
function listOf<Value extends string | number>(
  { allow, deny, none }: AccessList<Value>,
  matcherOf: (entries: readonly Value[]) => (value: Value) => boolean,
): (fact: Known<Value>) => boolean {
  const isAllowed = allow === undefined ? null : matcherOf(allow);
  const isDenied = deny === undefined ? null : matcherOf(deny);
  const decide = remembering((value: Value) => !isDenied?.(value) && (isAllowed === null || isAllowed(value)));
  return (fact) => {
    if (fact.kind === "unknown") return isAllowed === null;
    return fact.kind === "missing" ? none !== "deny" : decide(fact.value);
  };
}

/** Clients repeat values, but can choose any, so the memory is bounded. */
const REMEMBERED = { entries: 2_048 };
const LONGEST_REMEMBERED = 256;

function remembering<Value extends string | number, Result>(
  decide: (value: Value) => Result,
): (value: Value) => Result {
  const results = new BoundedMap<Value, Result>(REMEMBERED, "everything");
  return (value) => {
    const before = results.get(value);
    if (before !== undefined) return before;
    const result = decide(value);
    if (typeof value === "number" || value.length <= LONGEST_REMEMBERED) results.set(value, result);
    return result;
  };
}

function oneOf<Value>(entries: readonly Value[]): (value: Value) => boolean {
  const set = new Set(entries);
  return (value) => set.has(value);
}

/** Matches texts that contain one of the entries, in any case. */
function textMatcher(entries: readonly string[]): (text: string) => boolean {
  const parts = entries.map((entry) => entry.toLowerCase());
  return (text) => {
    const lower = text.toLowerCase();
    return parts.some((part) => lower.includes(part));
  };
}

function known<Value>(value: Value): Known<Value> {
  return { kind: "known", value };
}

function orUnknown<Value>(value: Value | null): Known<Value> {
  return value === null ? UNKNOWN : known(value);
}

function refused(reason: AccessRefusal, passes: boolean): AccessRefusal | null {
  return passes ? null : reason;
}
