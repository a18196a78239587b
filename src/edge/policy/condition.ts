import { extensionOf } from "../../zones/asset-types.ts";
import { listOf, type When } from "../../zones/rules/edge-rule.ts";
import { Glob } from "./glob.ts";
import { pathPattern } from "./path-pattern.ts";
import { textTest, valueTest } from "./value-test.ts";

/** The parts of a URL that conditions look at, the same for each request of that URL. */
export interface AskedUrl {
  /** Normalised. */
  readonly path: string;
  /** As `URL.search` gives it. */
  readonly search: string;
  readonly hostname: string;
}

/** The parts of a client's request that conditions look at besides the URL. */
export interface AskingClient {
  readonly method: string;
  /** The scheme that the client used. */
  readonly scheme: "http" | "https";
  /** ISO 3166; null: unknown. */
  readonly country: string | null;
  header(name: string): string | null;
}

/** What a condition looks at: a request field by its name, or something that is not a field. */
export type Look = { readonly field: string } | "method" | "scheme" | "country";

/** A prepared condition. If nothing of the client is left to look at, it is a plain boolean. */
export type Condition = boolean | OfUrl | OfClient | Group;

interface OfUrl {
  readonly kind: "url";
  holds(url: ReadUrl): boolean;
}

interface OfClient {
  readonly kind: "client";
  readonly look: Look;
  holds(client: AskingClient): boolean;
}

interface Group {
  readonly kind: "all" | "any" | "none";
  readonly of: readonly Condition[];
}

/** Prepares a condition. */
export function conditionOf(when: When): Condition {
  const of: Condition[] = [];
  if (when.path !== undefined) {
    const test = textTest(listOf(when.path).map(pathPattern));
    of.push({ kind: "url", holds: ({ path }) => test(path) });
  }
  if (when.extension !== undefined) {
    const test = textTest(listOf(when.extension));
    of.push({ kind: "url", holds: ({ extension }) => test(extension) });
  }
  if (when.host !== undefined) {
    const test = textTest(listOf(when.host).map((glob) => glob.toLowerCase()));
    of.push({ kind: "url", holds: ({ hostname }) => test(hostname) });
  }
  for (const [name, wanted] of Object.entries(when.query ?? {})) {
    const test = valueTest(wanted, "as it is");
    of.push({ kind: "url", holds: ({ parameters }) => (parameters.get(name) ?? NO_VALUE).some(test) });
  }
  if (when.method !== undefined) of.push(ofClient("method", textTest(listOf(when.method))));
  if (when.scheme !== undefined) of.push(ofClient("scheme", textTest([when.scheme])));
  if (when.country !== undefined) of.push(ofClient("country", textTest(listOf(when.country))));
  for (const [name, wanted] of Object.entries(when.header ?? {})) {
    const test = valueTest(wanted, "in any case");
    of.push({ kind: "client", look: { field: name }, holds: (client) => test(client.header(name)) });
  }
  for (const kind of ["all", "any", "none"] as const) {
    const members = when[kind];
    if (members !== undefined) of.push({ kind, of: members.map(conditionOf) });
  }
  return { kind: "all", of };
}

/** Of a parameter that is not there. */
const NO_VALUE: readonly (string | null)[] = [null];

function ofClient(look: "method" | "scheme" | "country", test: (text: string) => boolean): OfClient {
  const holds = (client: AskingClient) => {
    const value = client[look];
    return value !== null && test(value);
  };
  return { kind: "client", look, holds };
}

/** The path globs, in order, one of which must match for a condition to hold: a redirect takes its captures from them. */
export function pathGlobsOf({ path, all = [], any = [] }: When): Glob[] {
  const own = listOf(path).map((glob) => new Glob(pathPattern(glob)));
  return [...own, ...[...all, ...any].flatMap(pathGlobsOf)];
}

/** What is left of a condition for requests of one URL. */
export function settle(condition: Condition, url: ReadUrl): Condition {
  if (typeof condition === "boolean" || condition.kind === "client") return condition;
  if (condition.kind === "url") return condition.holds(url);
  const { kind } = condition;
  const left: Condition[] = [];
  for (const member of condition.of) {
    const settled = settle(member, url);
    if (typeof settled !== "boolean") left.push(settled);
    else if (kind === "any" ? settled : settled === (kind === "none")) return kind === "any";
  }
  if (left.length === 0) return kind !== "any";
  return left.length === 1 && kind !== "none" ? left[0]! : { kind, of: left };
}

/** Whether a condition that is settled holds for a client. */
export function holds(condition: Condition, client: AskingClient): boolean {
  if (typeof condition === "boolean") return condition;
  switch (condition.kind) {
    case "client":
      return condition.holds(client);
    case "url":
      throw new Error("a condition on the URL is settled before a client is looked at");
    case "all":
      return condition.of.every((member) => holds(member, client));
    case "any":
      return condition.of.some((member) => holds(member, client));
    case "none":
      return !condition.of.some((member) => holds(member, client));
    default:
      return condition satisfies never;
  }
}

/** Everything that a settled condition may look at. */
export function looksOf(condition: Condition): Look[] {
  if (typeof condition === "boolean" || condition.kind === "url") return [];
  return condition.kind === "client" ? [condition.look] : condition.of.flatMap(looksOf);
}

/** A URL as conditions see it, parsed only as far as they need. */
export class ReadUrl {
  readonly path: string;
  readonly hostname: string;
  readonly #search: string;
  #extension: string | null = null;
  #parameters: ReadonlyMap<string, readonly string[]> | null = null;

  constructor({ path, search, hostname }: AskedUrl) {
    this.path = path;
    this.hostname = hostname.endsWith(".") ? hostname.slice(0, -1) : hostname;
    this.#search = search;
  }

  get extension(): string {
    this.#extension ??= extensionOf(this.path);
    return this.#extension;
  }

  /** Decoded values, by decoded name. */
  get parameters(): ReadonlyMap<string, readonly string[]> {
    this.#parameters ??= parametersOf(this.#search);
    return this.#parameters;
  }
}

function parametersOf(search: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const [name, value] of new URLSearchParams(search)) {
    const values = found.get(name);
    if (values === undefined) found.set(name, [value]);
    else values.push(value);
  }
  return found;
}
