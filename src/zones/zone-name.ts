/** Whether a zone may have a name; the reason is a sentence's predicate, to follow "name". */
export type ZoneNameVerdict = { ok: true } | { ok: false; reason: string };

const RESERVED = new Set(
  `abuse account accounts admin administrator api app auth autoconfig autodiscover billing blog cdn console dashboard dev
  dns docs doh edge ftp health help hostmaster imap internal isatap localhost login mail metrics mx ns ns1 ns2 ns3 ns4
  pop pop3 postmaster rescdn resolvedb root security smtp ssh ssl staging status support webmaster wpad www`.split(
    /\s+/,
  ),
);

/** A zone's name is one DNS label (RFC 1035 §2.3.1, RFC 1123 §2.1), in lower case, and not one that we need ourselves. */
export function checkZoneName(name: string): ZoneNameVerdict {
  if (name.length < 1 || name.length > 63) return no("must have 1 to 63 characters");
  if (!/^[a-z0-9-]+$/.test(name)) return no("may hold only lower-case letters a to z, digits and hyphens");
  if (name.startsWith("-") || name.endsWith("-")) return no("must not begin or end with a hyphen");
  // RFC 5891 §4.2.3.1: "MUST NOT contain '--' in the third and fourth character positions"
  if (name.slice(2, 4) === "--") return no("must not have hyphens as its third and fourth characters");
  if (RESERVED.has(name)) return no("is reserved");
  return { ok: true };
}

function no(reason: string): ZoneNameVerdict {
  return { ok: false, reason };
}
