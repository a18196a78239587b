/** Whether a zone may have a name. The reason is the predicate of a sentence, to follow "name". */
export type ZoneNameVerdict = { ok: true } | { ok: false; reason: string };

/**
 * Whether a zone can have a name: one DNS label (RFC 1035 §2.3.1, RFC 1123 §2.1) in lower case. `isReservedName` also decides
 * whether a customer may take it for a new zone. A zone keeps a name that was reserved later.
 */
export function checkZoneName(name: string): ZoneNameVerdict {
  if (name.length < 1 || name.length > 63) return no("must have 1 to 63 characters");
  if (!/^[a-z0-9-]+$/.test(name)) return no("may hold only lower-case letters a to z, digits and hyphens");
  if (name.startsWith("-") || name.endsWith("-")) return no("must not begin or end with a hyphen");
  // RFC 5891 §4.2.3.1: "MUST NOT contain '--' in the third and fourth character positions"
  if (name.slice(2, 4) === "--") return no("must not have hyphens as its third and fourth characters");
  return { ok: true };
}

function no(reason: string): ZoneNameVerdict {
  return { ok: false, reason };
}
