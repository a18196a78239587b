/** Who may fetch: all but those denied, and where some are allowed only those. */
export interface AccessList<Entry> {
  allow?: readonly Entry[];
  deny?: readonly Entry[];
  /** Of a request that says nothing; left out: `"allow"`. */
  none?: "allow" | "deny";
}

/** Who may fetch anything of a zone. What is left out decides nothing. */
export interface AccessSettings {
  /** Addresses, and ranges of them as CIDR. */
  addresses?: AccessList<string>;
  /** ISO 3166, in capital letters. */
  countries?: AccessList<string>;
  asns?: AccessList<number>;
  /** Hosts of pages, and `*.example.com` for all below one. */
  referers?: AccessList<string>;
  /** Parts of what clients call themselves, in whatever case. */
  user_agents?: AccessList<string>;
  /** Requests of one address within ten seconds, of IPv6 of one /64. */
  rate_limit?: { requests: number; seconds?: 10 };
}
