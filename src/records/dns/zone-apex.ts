import type { Rr } from "./reply.ts";

/** Hostnames that answer for the zones by UDP and TCP; the first is the primary. */
export type NameServers = readonly [string, ...string[]];

/** How long the absence of a type may be believed, seconds: types other than TXT never appear. */
const NEGATIVE_TTL = 300;
const APEX_TTL = 3600;

/** The zone's SOA record for an answer at the apex. */
export function soaOf(zone: string, [primary]: NameServers): Rr {
  return {
    type: "SOA",
    name: zone,
    ttl: APEX_TTL,
    mname: primary,
    rname: `hostmaster.${zone}`,
    // Nobody transfers the zone, so there is nothing for a secondary to compare.
    serial: 1,
    refresh: 86_400,
    retry: 7_200,
    expire: 3_600_000,
    minimum: NEGATIVE_TTL,
  };
}

/** The SOA record for a negative answer: its TTL is the zone's minimum (RFC 2308 §3). */
export function negativeSoaOf(zone: string, nameServers: NameServers): Rr {
  return { ...soaOf(zone, nameServers), ttl: NEGATIVE_TTL };
}

/** The zone's NS records. Resolvers believe them over the parent's (RFC 2181 §5.4.1), so these hosts must answer on port 53. */
export function nsOf(zone: string, nameServers: NameServers): Rr[] {
  return nameServers.map((host) => ({ type: "NS", name: zone, ttl: APEX_TTL, host }));
}
