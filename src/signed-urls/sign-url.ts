import { addressBytes, dataOf, hmacOf, prefixOf } from "./message.ts";
import {
  PATH_FORM,
  type Parameter,
  readParameters,
  refusalOfParameters,
  signedParameters,
  TOKEN_PARAMETERS,
} from "./parameters.ts";
import { isBelow, tokenPathPrefix } from "./token-path.ts";

/** What a signed URL grants. */
export interface Grant {
  /** One of the zone's signing keys. */
  key: string;
  /** When it expires. A number is in seconds since the epoch. */
  expires: Date | number;
  /** Grants every path with this beginning, instead of the URL's path only. */
  tokenPath?: string | undefined;
  /** ISO 3166 codes of the countries in which it is valid, or is not. */
  countries?: readonly string[] | undefined;
  blockedCountries?: readonly string[] | undefined;
  /** The client's address; for IPv6 its /64 counts. */
  address?: string | undefined;
  /** Whether other parameters may be added to the URL or changed. */
  ignoreParams?: boolean | undefined;
  /** kB per second: signed, but not enforced. */
  limit?: number | undefined;
  /** Where the token is placed: in the query, or as the path's first segment, so that relative references inherit it. */
  form?: "query" | "path" | undefined;
}

/** Something cannot be signed; the message is the predicate of a sentence. */
export class UnsignableUrl extends Error {
  override name = "UnsignableUrl";
  readonly field: "url" | "expires" | "tokenPath" | "address";

  constructor(field: UnsignableUrl["field"], message: string) {
    super(message);
    this.field = field;
  }
}

/**
 * Signs a URL of a zone, in the wire format of bunny.net's version 2 tokens.
 *
 * ```ts
 * signUrl("https://my-assets.rescdn.io/films/a.mp4", { key, expires: Date.now() / 1000 + 3600 })
 * ```
 *
 * @throws {UnsignableUrl} if no zone would accept the result
 */
export function signUrl(text: string, grant: Grant): string {
  const url = URL.parse(text);
  if (url === null) throw new UnsignableUrl("url", "is not a URL");
  if (url.pathname.startsWith(PATH_FORM)) throw new UnsignableUrl("url", "already has a token in its path");
  const own = readParameters(url.search.slice(1));
  if (own === null) throw new UnsignableUrl("url", "has a query that is not UTF-8, or a % that encodes nothing");
  const taken = own.find(([name]) => TOKEN_PARAMETERS.has(name));
  if (taken !== undefined) throw new UnsignableUrl("url", `has a parameter ${taken[0]}, which belongs to a token`);
  const added = grantedParameters(url, grant);
  const parameters: readonly Parameter[] = [...own, ...added];
  const refusal = refusalOfParameters(parameters);
  if (refusal !== null) throw new UnsignableUrl("url", refusal);
  const signed = signedParameters(parameters);
  if (signed === null)
    throw new UnsignableUrl(
      "url",
      "cannot ignore parameters if it is bound to countries or a limit: these are parameters themselves",
    );
  const expires = expiryOf(grant.expires);
  const address = addressOf(grant.address);
  const message = { path: grant.tokenPath ?? url.pathname, expires, address, data: dataOf(signed, "bytes") };
  const token = prefixOf(address !== null) + hmacOf(grant.key, message);
  return withToken(url, token, [...added, ["expires", expires]], grant.form ?? "query");
}

function grantedParameters(url: URL, grant: Grant): Parameter[] {
  const { tokenPath, countries, blockedCountries, ignoreParams, limit } = grant;
  if (tokenPath !== undefined) checkTokenPath(tokenPath, url);
  return [
    ...(tokenPath === undefined ? [] : [["token_path", tokenPath] as const]),
    ...(countries?.length ? [["token_countries", countries.join(",")] as const] : []),
    ...(blockedCountries?.length ? [["token_countries_blocked", blockedCountries.join(",")] as const] : []),
    ...(ignoreParams ? [["token_ignore_params", "true"] as const] : []),
    ...(limit === undefined ? [] : [["limit", String(limit)] as const]),
  ];
}

function checkTokenPath(tokenPath: string, url: URL): void {
  if (tokenPathPrefix(tokenPath) === null)
    throw new UnsignableUrl("tokenPath", "must begin with / and have no dot segments, no ? or #, and no encoded slash");
  if (!isBelow(url.pathname, tokenPath))
    throw new UnsignableUrl("tokenPath", "must be what the URL's path begins with");
}

function expiryOf(expires: Date | number): string {
  const seconds = String(Math.floor(typeof expires === "number" ? expires : expires.getTime() / 1000));
  if (!/^\d{10}$/.test(seconds)) throw new UnsignableUrl("expires", "must be seconds since the epoch, of ten digits");
  return seconds;
}

function addressOf(text: string | undefined): Uint8Array | null {
  if (text === undefined) return null;
  const bytes = addressBytes(text);
  if (bytes === null) throw new UnsignableUrl("address", "is not an IP address");
  return bytes;
}

function withToken(url: URL, token: string, parameters: readonly Parameter[], form: "query" | "path"): string {
  const spelled = parameters.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&");
  const signed = new URL(url);
  if (form === "path") signed.pathname = `/bcdn_token=${token}&${spelled}${url.pathname}`;
  else signed.search = `${url.search === "" ? "?" : `${url.search}&`}token=${token}&${spelled}`;
  return signed.href;
}
