import { refusalOfAdminToken } from "./accounts/admin-token.ts";
import { log } from "./log/log.ts";
import { onceFor } from "./memo/once-for.ts";
import { type Keyring, NO_KEYRING, readKeyring } from "./secrets/keyring.ts";
import {
  atLeastOne,
  bytes,
  fieldName,
  hosts,
  isTrue,
  milliseconds,
  names,
  SettingsError,
  words,
} from "./variable-values.ts";
import type { Variables } from "./variables.ts";

export type { Variables } from "./variables.ts";

/**
 * Who may sign in for the first time: anybody; people invited by a member of an account; nobody. The owner of an account's
 * address and the operators always may.
 */
export type SignUp = "open" | "invited" | "closed";

/** {@link Variables}, parsed, with defaults applied. */
export interface Settings {
  /** Domains whose subdomains are zones, e.g. `rescdn.io`; the first is the public one. */
  edgeDomains: readonly [string, ...string[]];
  /** Hostnames of the control plane. */
  apiHosts: ReadonlySet<string>;
  /** Hostnames that answer ResolveDB's part of the control plane and nothing else. */
  recordsHosts: ReadonlySet<string>;
  /**
   * The hostname of the dashboard, the only one where sessions are believed; null: there is none. Pages of customers' zones are
   * same-site with every host below an edge domain, so it must be in another registrable domain.
   */
  dashboardHost: string | null;
  /** The key that sessions' cookies are signed with; null: nobody can sign in. */
  signInSecret: string | null;
  signUp: SignUp;
  /** E-mail addresses, in lower case, of the people who operate the network. */
  operators: ReadonlySet<string>;
  /** The sender of mail to people; null: no mail is sent, and its text is logged. */
  mailFrom: string | null;
  /** The OAuth app that people may sign in through; null: they may not. */
  github: { clientId: string; clientSecret: string } | null;
  /** Hostnames that answer for ResolveDB's zones by UDP and TCP, for the zones' NS records; the first is the primary. */
  nameServers: readonly [string, ...string[]];
  /** `host=address` for hosts within ResolveDB's zones: their A and AAAA records. */
  hostAddresses: readonly string[];
  /** Null: the operator's calls do not exist. */
  adminToken: string | null;
  /** Makes a bridge of ours believed about its clients; null: none is. */
  bridgeSecret: string | null;
  /** Addresses and CIDRs that ask for many clients: resolvers, and dnsdist in front of this server. */
  resolvers: readonly string[];
  /** Id of the account that may have the namespace `public`; null: nobody may. */
  publicNamespaceAccount: string | null;
  /** Who is believed about a client's address; null: Cloudflare's network, see `connectingAddress`. */
  trustedProxies: readonly string[] | null;
  /** The headers in which these proxies send a client's country and network number; null: they do not. */
  countryHeader: string | null;
  asnHeader: string | null;
  /** What the origin guard allows beyond https to public hosts. */
  origins: { allowPrivate: boolean; allowHttp: boolean };
  /** The size of the hot responses in an isolate's memory, bytes. Cloudflare gives an isolate 128 MB for everything. */
  memory: { total: number; object: number };
  /** How much of bodies on their way an isolate may hold to keep them, bytes. Others go to the cache as they come. */
  fillBytes: number;
  /** A client that has not taken anything for so long is disconnected, ms. */
  stalledClientMs: number;
  /** The pause between two writes to one key in KV, ms: Cloudflare's KV takes one a second, that of one machine any number. */
  kvWriteIntervalMs: number;
  /** The keys that customers' secrets are sealed with; null: secrets cannot be stored. */
  keyring: Keyring | null;
  /** Where purges are also made by tag; null: nowhere, and nothing is stored with tags. */
  cloudflare: CloudflareApi | null;
  /** Where certificates for customers' hostnames are ordered; null: nowhere. */
  saas: CloudflareApi | null;
  /** URL of the resolver for proofs of hostnames, by DNS over HTTPS. */
  dohResolver: string;
  /** Whether locations ask origins through the entrypoint `Shield`, in front of which there must be Workers Cache. */
  hasUpperTier: boolean;
}

/** The address of Cloudflare's API, the zone, and the token. */
export interface CloudflareApi {
  /** Without a slash at the end. */
  base: string;
  zone: string;
  token: string;
}

/** The settings of this deployment, parsed on first use. @throws {SettingsError} a sentence that names the variable */
export const settingsOf: (env: Variables) => Settings = onceFor(parseSettings);

function parseSettings(env: Variables): Settings {
  const allowPrivate = isTrue(env, "ALLOW_PRIVATE_ORIGINS");
  return {
    edgeDomains: atLeastOne(names(env, "EDGE_DOMAINS"), "EDGE_DOMAINS names no domain"),
    apiHosts: new Set(atLeastOne(hosts(env, "API_HOSTS"), "API_HOSTS names no host")),
    recordsHosts: new Set(hosts(env, "RECORDS_HOSTS")),
    dashboardHost: dashboardHostOf(env),
    signInSecret: secretOf("SIGN_IN_SECRET", env.SIGN_IN_SECRET, "nobody can sign in"),
    signUp: signUpOf(env),
    operators: new Set(words(env.OPERATORS ?? "")),
    mailFrom: env.MAIL_FROM || null,
    github: githubOf(env),
    nameServers: atLeastOne(names(env, "NAME_SERVERS"), "NAME_SERVERS names no host"),
    hostAddresses: words(env.HOST_ADDRESSES ?? ""),
    adminToken: secretOf("ADMIN_TOKEN", env.ADMIN_TOKEN, "/admin stays off"),
    bridgeSecret: secretOf("DNS_BRIDGE_SECRET", env.DNS_BRIDGE_SECRET, "no bridge is believed"),
    resolvers: words(env.DNS_RESOLVERS ?? ""),
    publicNamespaceAccount: accountIdOf(env),
    trustedProxies: env.TRUSTED_PROXIES === undefined ? null : words(env.TRUSTED_PROXIES),
    countryHeader: fieldName(env, "COUNTRY_HEADER"),
    asnHeader: fieldName(env, "ASN_HEADER"),
    memory: { total: bytes(env, "MEMORY_BYTES", 33_554_432), object: bytes(env, "MEMORY_OBJECT_BYTES", 1_048_576) },
    fillBytes: bytes(env, "FILL_BYTES", 33_554_432),
    stalledClientMs: milliseconds(env, "STALLED_CLIENT_MS", 30_000, 1),
    kvWriteIntervalMs: milliseconds(env, "KV_WRITE_INTERVAL_MS", 1_000, 0),
    // A private network's servers rarely have certificates, so allowing them allows http too.
    origins: { allowPrivate, allowHttp: isTrue(env, "ALLOW_HTTP_ORIGINS") || allowPrivate },
    keyring: keyringOf(env),
    cloudflare: cloudflareOf(env, "CLOUDFLARE_ZONE_ID"),
    saas: cloudflareOf(env, "CLOUDFLARE_SAAS_ZONE_ID"),
    dohResolver: resolverOf(env),
    hasUpperTier: hasUpperTier(env),
  };
}

/** A secret that the operator has set; null: it is not set, or could be guessed, which is logged. */
function secretOf(name: string, secret: string | undefined, otherwise: string): string | null {
  if (!secret) return null;
  const refusal = refusalOfAdminToken(secret);
  if (refusal === null) return secret;
  log("secret_refused", { name, reason: `${name} ${refusal}; ${otherwise}` });
  return null;
}

function keyringOf({ SECRETS_KEY: text }: Variables): Keyring | null {
  if (!text) return null;
  const keyring = readKeyring(text);
  if (keyring === null) throw new SettingsError(`SECRETS_KEY ${NO_KEYRING}`);
  return keyring;
}

function dashboardHostOf(env: Variables): string | null {
  const [host, ...others] = hosts(env, "DASHBOARD_HOST");
  if (host === undefined) return null;
  if (others.length > 0) throw new SettingsError(`DASHBOARD_HOST names more than one host: ${env.DASHBOARD_HOST}`);
  const edge = hosts(env, "EDGE_DOMAINS").find((domain) => host === domain || host.endsWith(`.${domain}`));
  if (edge !== undefined)
    throw new SettingsError(
      `DASHBOARD_HOST is below the edge domain ${edge}, so pages of zones could act on behalf of people who are signed in: ${host}`,
    );
  return host;
}

function signUpOf({ SIGN_UP: text }: Variables): SignUp {
  const known = (["open", "invited", "closed"] as const).find((word) => word === (text || "closed"));
  if (known === undefined) throw new SettingsError(`SIGN_UP is not open, invited or closed: ${text}`);
  return known;
}

function githubOf({ GITHUB_CLIENT_ID: clientId, GITHUB_CLIENT_SECRET: clientSecret }: Variables) {
  // Secrets are set one after the other, so one may still be missing.
  return clientId && clientSecret ? { clientId, clientSecret } : null;
}

function accountIdOf({ PUBLIC_NAMESPACE_ACCOUNT: id }: Variables): string | null {
  if (!id) return null;
  if (!/^acct_\w+$/.test(id))
    throw new SettingsError(`PUBLIC_NAMESPACE_ACCOUNT is not the id of an account, acct_…: ${id}`);
  return id;
}

function cloudflareOf(env: Variables, name: "CLOUDFLARE_ZONE_ID" | "CLOUDFLARE_SAAS_ZONE_ID"): CloudflareApi | null {
  const { [name]: zone, CLOUDFLARE_API_TOKEN: token, CLOUDFLARE_API_BASE: base } = env;
  if (token && !/^[\x21-\x7e]+$/.test(token))
    throw new SettingsError("CLOUDFLARE_API_TOKEN contains a space or a character that no token has");
  if (zone && !/^[0-9a-z]+$/i.test(zone)) throw new SettingsError(`${name} is not the id of a zone: ${zone}`);
  if (base && !/^https?:$/.test(URL.parse(base)?.protocol ?? ""))
    throw new SettingsError(`CLOUDFLARE_API_BASE is not a URL: ${base}`);
  // Secrets are set one after the other, so one may still be missing.
  if (!token || !zone) return null;
  return { base: base || "https://api.cloudflare.com/client/v4", zone, token };
}

function hasUpperTier({ UPPER_TIER: text }: Variables): boolean {
  if (text && text !== "none" && text !== "workers-cache")
    throw new SettingsError(`UPPER_TIER is neither none nor workers-cache: ${text}`);
  return text === "workers-cache";
}

function resolverOf({ DOH_RESOLVER: url }: Variables): string {
  if (!url) return "https://cloudflare-dns.com/dns-query";
  const { protocol } = URL.parse(url) ?? {};
  if (protocol !== "https:" && protocol !== "http:")
    throw new SettingsError(`DOH_RESOLVER is not the URL of a resolver that speaks DNS over HTTPS: ${url}`);
  return url;
}
