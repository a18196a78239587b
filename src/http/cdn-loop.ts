import { isToken, listMembers } from "./field-syntax.ts";

/** More networks than this, or more said of one, is no route that a request has taken. */
const MOST_MEMBERS = 8;
const LONGEST_MEMBER = 64;

/** RFC 8586 §2: a cdn-id is a host with a port, or a pseudonym. An IPv6 address stands in brackets. */
const CDN_ID = /^(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._~!$&'()*+=%-]+)(?::\d{1,5})?$/;

/**
 * The networks that a request has passed, as `CDN-Loop` names them (RFC 8586 §2), each with its parameters as they stand.
 * Null where the field is no such list, or longer than 8 members of 64 characters: it goes on to the origin, and nobody
 * should send more there than a route can need.
 */
export function parseCdnLoop(value: string | null): readonly string[] | null {
  if (value === null) return [];
  // A bound before the work: what is longer cannot be a list within the bounds.
  if (value.length > MOST_MEMBERS * (LONGEST_MEMBER + 8)) return null;
  const members = listMembers(value);
  const isList = members.length <= MOST_MEMBERS && members.every(isMember);
  return isList ? members : null;
}

/** RFC 8586 §2: whether a network is among those that a request has passed. */
export function hasPassed(loop: readonly string[], cdnId: string): boolean {
  return loop.some((member) => cdnIdOf(member).toLowerCase() === cdnId);
}

function cdnIdOf(member: string): string {
  return member.split(";", 1)[0]!.trim();
}

function isMember(member: string): boolean {
  return member.length <= LONGEST_MEMBER && CDN_ID.test(cdnIdOf(member)) && parametersOf(member).every(isParameter);
}

function parametersOf(member: string): string[] {
  const [, ...parameters] = member.split(";");
  return parameters;
}

/** `name=value` (RFC 9110 §5.6.6). A quoted value with a separator or a quote in it is more than a route needs. */
function isParameter(parameter: string): boolean {
  const [name = "", value = "", ...more] = parameter.trim().split("=");
  return more.length === 0 && isToken(name) && (isToken(value) || /^"[\w .:/+-]*"$/.test(value));
}
