import { queryTokenOf } from "../query-token.ts";
import { keyLabelOf } from "./parameter.ts";

/** The zones that this server is the authority for. */
export const ZONES: readonly string[] = ["com", "net", "org", "io"].map((tld) => `resolvedb.${tld}`);

/** Where records are stored: the labels of a key from the right, in lower case. */
export interface Place {
  namespace: string;
  version: string;
  /** Whether the name contains a credential of any kind. */
  shows: boolean;
  /** The query token in the name, if any. */
  token: string | null;
}

/** What a name asks for. */
export type QueryName =
  | { kind: "outside" }
  | { kind: "apex"; zone: string }
  /** It contains octets that no name in these zones has. */
  | { kind: "impossible"; zone: string }
  /** E001: it does not follow the grammar. E002: unknown operation or version. E003: a parameter cannot be decoded. */
  | { kind: "invalid"; zone: string; code: "E001" | "E002" | "E003" }
  | { kind: "health"; zone: string }
  | { kind: "get" | "info"; zone: string; place: Place; key: string }
  /** `below`: the key whose child labels are listed, `[label.]*resource`; null: the namespace's resources are. */
  | { kind: "list"; zone: string; place: Place; below: string | null }
  /** `resource`: null for all resources. */
  | { kind: "search"; zone: string; place: Place; text: string; resource: string | null };

/** Labels with a credential come directly after the operation. */
const TOKEN = /^(auth|bdt|ctp|sig)-/;
const LABEL = /^[a-z0-9_-]{1,63}$/;
/** How many labels there may be between operation and namespace: the least and the most. */
const LABELS_BETWEEN = { get: [1, 126], info: [1, 126], list: [0, 126], search: [1, 2] } as const;

type Operation = keyof typeof LABELS_BETWEEN;

/**
 * Reads `<operation>.[token.]*[label.]*<resource>.<namespace>.<version>.resolvedb.<tld>` from the right. Case does not matter,
 * except within `b64-…`.
 *
 * @param name in presentation form (RFC 1035 §5.1), without a dot at the end
 */
export function parseQueryName(name: string): QueryName {
  const spelled = name.split(".");
  const labels = name.toLowerCase().split(".");
  const zone = labels.slice(-2).join(".");
  if (!ZONES.includes(zone)) return { kind: "outside" };
  if (labels.length === 2) return { kind: "apex", zone };
  if (labels.some((label) => label.includes("\\"))) return { kind: "impossible", zone };
  const invalid = (code: "E001" | "E002" | "E003") => ({ kind: "invalid", zone, code }) as const;

  const [operation = "", ...rest] = labels.slice(0, -2);
  if (operation === "health") return { kind: "health", zone };
  const [namespace, version] = rest.slice(-2);
  if (namespace === undefined || version === undefined) return invalid("E001");
  if (!rest.every((label) => LABEL.test(label))) return invalid("E001");
  if (!isOperation(operation) || !/^v\d+$/.test(version)) return invalid("E002");
  const [least, most] = LABELS_BETWEEN[operation];
  // Labels that the operation needs are not tokens, even if they look like one.
  const mayBeTokens = rest.slice(0, Math.max(rest.length - 2 - least, 0));
  const plain = mayBeTokens.findIndex((label) => !TOKEN.test(label));
  const tokens = plain < 0 ? mayBeTokens.length : plain;
  const between = rest.slice(tokens, -2);
  if (between.length < least || between.length > most) return invalid("E001");

  const resource = between.at(-1) ?? null;
  const labelsOfKey = spelled.slice(1 + tokens, 1 + tokens + Math.max(between.length - 1, 0)).map(keyLabelOf);
  if (!labelsOfKey.every((label) => label !== null)) return invalid("E003");
  const token =
    rest
      .slice(0, tokens)
      .map(queryTokenOf)
      .find((shown) => shown !== null) ?? null;
  const place = { namespace, version, shows: tokens > 0, token };
  const below = [...labelsOfKey, ...(resource === null ? [] : [resource])].join(".");
  switch (operation) {
    case "get":
    case "info":
      return { kind: operation, zone, place, key: `${below}.${namespace}.${version}` };
    case "list":
      return { kind: "list", zone, place, below: below === "" ? null : below };
    case "search":
      return { kind: "search", zone, place, text: between[0]!, resource: between[1] ?? null };
    default:
      return operation satisfies never;
  }
}

function isOperation(label: string): label is Operation {
  return Object.hasOwn(LABELS_BETWEEN, label);
}
