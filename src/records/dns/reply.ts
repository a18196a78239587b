import type { AccountDocument } from "../../accounts/account-document.ts";
import type { NamespaceDocument, RecordDocument } from "../documents.ts";

/** RFC 1035 §4.1.1. */
export const RCODE = { NOERROR: 0, FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5 } as const;

export const TYPE = {
  ...{ A: 1, NS: 2, SOA: 6, HINFO: 13, TXT: 16, AAAA: 28, OPT: 41 },
  ...{ IXFR: 251, AXFR: 252, ANY: 255 },
} as const;

/** A question in class IN; the type is its number. */
export interface Question {
  /** As it was asked, in presentation form (RFC 1035 §5.1), without a dot at the end. */
  name: string;
  type: number;
}

/** A resource record in an answer; `ttl` in seconds. The text of a TXT record is ASCII. */
export type Rr =
  | { type: "TXT"; name: string; ttl: number; text: string }
  | { type: "NS"; name: string; ttl: number; host: string }
  | { type: "A" | "AAAA"; name: string; ttl: number; address: string }
  | { type: "HINFO"; name: string; ttl: number; cpu: string; os: string }
  | ({ type: "SOA"; name: string; ttl: number } & Soa);

export interface Soa {
  mname: string;
  rname: string;
  serial: number;
  refresh: number;
  retry: number;
  expire: number;
  minimum: number;
}

/** The documents that a reply was made from: it is valid as long as the table of records still has the same ones. */
export interface Basis {
  namespace?: { name: string; document: NamespaceDocument | null };
  /** The account that owns the namespace. */
  account?: AccountDocument;
  record?: { key: string; document: RecordDocument | null };
}

/** The answer to a question, before it is encoded. */
export interface Reply {
  rcode: (typeof RCODE)[keyof typeof RCODE];
  /** Whether this server is the authority for the name (RFC 1035 §4.1.1, AA). */
  authoritative: boolean;
  answers: readonly Rr[];
  authorities: readonly Rr[];
  /** Only for this asker: nobody may keep it. */
  private: boolean;
  /** Null: it is not kept for another question. */
  basis: Basis | null;
}

/**
 * How long a reply may be kept, in seconds: the smallest TTL of its records (RFC 8484 §5.1), or for a negative answer the
 * zone's minimum (RFC 2308 §5). Null: not at all.
 */
export function maxAge({ answers, authorities, private: isPrivate }: Reply): number | null {
  if (isPrivate || answers.length + authorities.length === 0) return null;
  const ttls = [...answers, ...authorities].map((rr) => (rr.type === "SOA" ? Math.min(rr.ttl, rr.minimum) : rr.ttl));
  return Math.min(...ttls);
}
