import type { Rr } from "./reply.ts";

/** Hostnames that answer the zones over UDP and TCP; the first is the primary. */
export type NameServers = readonly [string, ...string[]];

/** Seconds that the absence of a type may be believed: types other than TXT do not appear. */
const NEGATIVE_TTL = 300;
const APEX_TTL = 3600;

/** The zone's SOA record, as it stands at the apex. */
export function soaOf(zone: string, [primary]: NameServers): Rr {
  return {
    type: "SOA",
    name: zone,
    ttl: APEX_TTL,
    mname: primary,
    rname: `hostmaster.${zone}`,
    // Nobody transfers the zone: there is nothing that a secondary could compare.
    serial: 1,
    refresh: 86_400,
    retry: 7_200,
    expire: 3_600_000,
    minimum: NEGATIVE_TTL,
  };
}

/** The SOA record as it stands in a negative answer: its TTL is the zone's minimum (RFC 2308 §3). */
export function negativeSoaOf(zone: string, nameServers: NameServers): Rr {
  return { ...soaOf(zone, nameServers), ttl: NEGATIVE_TTL };
}

/** The zone's NS records. Resolvers believe them over the parent's (RFC 2181 §5.4.1): they must answer by port 53. */
export function nsOf(zone: string, nameServers: NameServers): Rr[] {
  return nameServers.map((host) => ({ type: "NS", name: zone, ttl: APEX_TTL, host }));
}
