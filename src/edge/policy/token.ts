import { dataOf } from "../../signed-urls/message.ts";
import { type Parameter, refusalOfParameters, signedParameters } from "../../signed-urls/parameters.ts";
import { decodedPath, isBelow } from "../../signed-urls/token-path.ts";

/** The token of a URL: its right to what it asks for. */
export type Token =
  | { kind: "missing" }
  /** It cannot be read, or can be read in more than one way, or cannot hold for this path. */
  | { kind: "wrong" }
  | SignedToken;

/** A token that may hold. What depends on the request or the time is checked for each request. */
export interface SignedToken {
  kind: "signed";
  /** The HMAC that it states, as text. */
  claimed: Uint8Array;
  isLocked: boolean;
  /** What may have been signed: spellings of the path, and orders of the data. */
  paths: readonly string[];
  data: readonly string[];
  expires: string;
  /** Ms since the epoch. */
  expiresAt: number;
  /** In capital letters; null: all countries. */
  countries: ReadonlySet<string> | null;
  blockedCountries: ReadonlySet<string> | null;
}

const TOKEN = /^HS256-(1-)?([A-Za-z0-9_-]{43})$/;
const MISSING: Token = { kind: "missing" };
const WRONG: Token = { kind: "wrong" };
const encoder = new TextEncoder();

/**
 * Reads a token.
 *
 * @param path the URL's path as it came, without a token
 * @param parameters those of query and token, decoded; null: there is more than one way to read them
 */
export function readToken(path: string, parameters: readonly Parameter[] | null): Token {
  if (parameters === null) return WRONG;
  const values = new Map(parameters);
  const text = values.get("token");
  if (text === undefined) return MISSING;
  if (refusalOfParameters(parameters) !== null) return WRONG;
  const [, lock, hmac] = TOKEN.exec(text) ?? [];
  const expires = values.get("expires") ?? "";
  const signed = signedParameters(parameters);
  if (hmac === undefined || signed === null || !/^[0-9]{10}$/.test(expires)) return WRONG;
  const paths = pathsOf(path, values.get("token_path"));
  if (paths === null) return WRONG;
  return {
    kind: "signed",
    claimed: encoder.encode(hmac),
    isLocked: lock !== undefined,
    paths,
    data: distinct([dataOf(signed, "bytes"), dataOf(signed, "locale")]),
    expires,
    expiresAt: Number(expires) * 1000,
    countries: codesOf(values.get("token_countries")),
    blockedCountries: codesOf(values.get("token_countries_blocked")),
  };
}

function pathsOf(path: string, tokenPath: string | undefined): readonly string[] | null {
  if (tokenPath === undefined) return distinct([path, decodedPath(path) ?? path]);
  return isBelow(path, tokenPath) ? [tokenPath] : null;
}

function codesOf(list: string | undefined): ReadonlySet<string> | null {
  return list === undefined ? null : new Set(list.split(",").map((code) => code.trim().toUpperCase()));
}

function distinct([first, second]: readonly [string, string]): readonly string[] {
  return first === second ? [first] : [first, second];
}
