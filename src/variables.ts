/** Variables of `wrangler.toml`, and secrets, which are optional until they are set. */
export interface Variables {
  EDGE_DOMAINS: string;
  API_HOSTS: string;
  RECORDS_HOSTS: string;
  DASHBOARD_HOST?: string;
  SIGN_IN_SECRET?: string;
  SIGN_UP?: string;
  OPERATORS?: string;
  MAIL_FROM?: string;
  GITHUB_CLIENT_ID?: string;
  GITHUB_CLIENT_SECRET?: string;
  NAME_SERVERS: string;
  HOST_ADDRESSES?: string;
  ADMIN_TOKEN?: string;
  PUBLIC_NAMESPACE_ACCOUNT?: string;
  DNS_BRIDGE_SECRET?: string;
  DNS_RESOLVERS?: string;
  /** Set, possibly to "", if the Worker is not on Cloudflare's network. */
  TRUSTED_PROXIES?: string;
  COUNTRY_HEADER?: string;
  ASN_HEADER?: string;
  ALLOW_PRIVATE_ORIGINS?: string;
  ALLOW_HTTP_ORIGINS?: string;
  MEMORY_BYTES?: string;
  MEMORY_OBJECT_BYTES?: string;
  FILL_BYTES?: string;
  STALLED_CLIENT_MS?: string;
  KV_WRITE_INTERVAL_MS?: string;
  SECRETS_KEY?: string;
  CLOUDFLARE_API_TOKEN?: string;
  CLOUDFLARE_ZONE_ID?: string;
  CLOUDFLARE_SAAS_ZONE_ID?: string;
  DOH_RESOLVER?: string;
  UPPER_TIER?: string;
  /** For tests. */
  CLOUDFLARE_API_BASE?: string;
}

/** The names of all {@link Variables}. */
export const VARIABLE_NAMES = [
  "EDGE_DOMAINS",
  "API_HOSTS",
  "RECORDS_HOSTS",
  "DASHBOARD_HOST",
  "SIGN_IN_SECRET",
  "SIGN_UP",
  "OPERATORS",
  "MAIL_FROM",
  "GITHUB_CLIENT_ID",
  "GITHUB_CLIENT_SECRET",
  "NAME_SERVERS",
  "HOST_ADDRESSES",
  "ADMIN_TOKEN",
  "PUBLIC_NAMESPACE_ACCOUNT",
  "DNS_BRIDGE_SECRET",
  "DNS_RESOLVERS",
  "TRUSTED_PROXIES",
  "COUNTRY_HEADER",
  "ASN_HEADER",
  "ALLOW_PRIVATE_ORIGINS",
  "ALLOW_HTTP_ORIGINS",
  "MEMORY_BYTES",
  "MEMORY_OBJECT_BYTES",
  "FILL_BYTES",
  "STALLED_CLIENT_MS",
  "KV_WRITE_INTERVAL_MS",
  "SECRETS_KEY",
  "CLOUDFLARE_API_TOKEN",
  "CLOUDFLARE_ZONE_ID",
  "CLOUDFLARE_SAAS_ZONE_ID",
  "DOH_RESOLVER",
  "UPPER_TIER",
  "CLOUDFLARE_API_BASE",
] as const satisfies readonly (keyof Variables)[];
