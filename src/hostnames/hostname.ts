import { getPublicSuffix } from "tldts";
import { canBeHostname } from "./host-table.ts";

/** The hostname that a customer means; the reason is the predicate of a sentence. */
export type HostnameVerdict =
  | {
      ok: true;
      /** In lower case, its labels in ASCII (RFC 5890), without a dot at the end. */
      hostname: string;
    }
  | { ok: false; reason: string };

/** A name has at most 253 characters, and `_rescdn.` is put before the hostname for its proof. */
const LONGEST = 253 - "_rescdn.".length;

/** Domains that ResolveDB answers for: nobody's website. */
const RECORDS_DOMAINS = ["resolvedb.io", "resolvedb.net", "resolvedb.com", "resolvedb.org"];

/**
 * Whether a text names a hostname that a zone may be served at: a DNS name, in any spelling that `URL` reads, which is neither
 * ours nor a domain below which strangers register names.
 *
 * @param ownHosts our own domains and hosts, in lower case: customers can have neither these nor anything below them
 */
export function checkHostname(text: string, ownHosts: readonly string[]): HostnameVerdict {
  if (text.length > 1_000) return no("is too long for a hostname");
  if (text.includes("*")) return no("must be one hostname, not a wildcard: each hostname needs its own proof");
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return no("must be a hostname alone, without https://");
  if (/[\s\\/?#@%\u0000-\u001f\u007f-\u009f]/.test(text)) return no("must be a hostname alone");
  const url = URL.parse(`https://${text}`);
  if (url === null) return no("is not a hostname");
  if (url.hostname.startsWith("[") || /^\d+(?:\.\d+){3}$/.test(url.hostname))
    return no("must be a name, not an address");
  if (/:\d*$/.test(text)) return no("must have no port: it is served at every port that this network listens on");
  const hostname = url.hostname.replace(/\.$/, "");
  if (!canBeHostname(hostname))
    return no("must be a hostname with a domain: labels of letters, digits and hyphens, with dots between them");
  if (hostname.length > LONGEST) return no(`must have at most ${LONGEST} characters`);
  if ([...ownHosts, ...RECORDS_DOMAINS].some((own) => hostname === own || hostname.endsWith(`.${own}`)))
    return no("must not be a host of this CDN");
  if (getPublicSuffix(hostname, { allowPrivateDomains: true }) === hostname)
    return no(
      "must be below a public suffix (publicsuffix.org), not one itself: a suffix belongs to all who have names below it",
    );
  return { ok: true, hostname };
}

function no(reason: string): HostnameVerdict {
  return { ok: false, reason };
}
