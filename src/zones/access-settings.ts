/** Who may fetch: everybody except those denied and, if some are allowed, only those. */
export interface AccessList<Entry> {
  allow?: readonly Entry[];
  deny?: readonly Entry[];
  /** For a request that does not say; absent: `"allow"`. */
  none?: "allow" | "deny";
}

/** Who may fetch anything from a zone. What is absent decides nothing. */
export interface AccessSettings {
  /** Addresses, and ranges of them as CIDR. */
  addresses?: AccessList<string>;
  /** ISO 3166, in capital letters. */
  countries?: AccessList<string>;
  asns?: AccessList<number>;
  /** Hosts of pages, or `*.example.com` for all below one. */
  referers?: AccessList<string>;
  /** Parts of what clients call themselves, in any case. */
  user_agents?: AccessList<string>;
  /** Requests from one address within ten seconds; for IPv6, from one /64. */
  rate_limit?: { requests: number; seconds?: 10 };
}
