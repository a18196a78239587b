import { isToken, listMembers } from "./field-syntax.ts";

/** No real route has more networks than this, or longer members. */
const MOST_MEMBERS = 8;
const LONGEST_MEMBER = 64;

/** RFC 8586 §2: a cdn-id is a host with a port, or a pseudonym. An IPv6 address is in brackets. */
const CDN_ID = /^(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._~!$&'()*+=%-]+)(?::\d{1,5})?$/;

/**
 * The networks that a request has passed, as `CDN-Loop` names them (RFC 8586 §2), each with its parameters unchanged. Null: the
 * field is not such a list, or is longer than 8 members of 64 characters. The field goes on to the origin, so nobody should be
 * able to send more than a real route needs.
 */
export function parseCdnLoop(value: string | null): readonly string[] | null {
  if (value === null) return [];
  // Checked before the work: a longer value cannot be a list within the bounds.
  if (value.length > MOST_MEMBERS * (LONGEST_MEMBER + 8)) return null;
  const members = listMembers(value);
  const isList = members.length <= MOST_MEMBERS && members.every(isMember);
  return isList ? members : null;
}

/** Whether a network is among those that a request has passed (RFC 8586 §2). */
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

/** `name=value` (RFC 9110 §5.6.6). No route needs a quoted value with a separator or a quote in it. */
function isParameter(parameter: string): boolean {
  const [name = "", value = "", ...more] = parameter.trim().split("=");
  return more.length === 0 && isToken(name) && (isToken(value) || /^"[\w .:/+-]*"$/.test(value));
}
