import type { Customer } from "../control-plane.ts";

/** How to make a call of the API that takes a customer's key. */
export interface Recipe {
  /** The status that the thing's owner gets. */
  own: number;
  /** Null: the call does not concern a particular thing, like a list. */
  about: Thing | null;
  /** Path and query of a call about a thing, given its form in paths. */
  path(thing: string): string;
  body?(thing: string): unknown;
  /** The status for a key that is restricted to a zone, if it differs from `own`. */
  restricted?: number;
  /** The status for a test key, if it differs from `own`. */
  test?: number;
}

/** A kind of thing that calls concern. */
export interface Thing {
  kind: string;
  /** The form in paths of a thing that does not exist. */
  missing: string;
  /** Whether it belongs to a zone. Keys that are restricted to zones cannot see other things. */
  ofZone: boolean;
  /** Makes one, using a key. */
  make(key: string): Promise<MadeThing>;
}

export interface MadeThing {
  /** Its form in paths. */
  at: string;
  /** Another name for it there. */
  alias?: string;
  /** The id of its zone. */
  zone?: string;
}

/** Calls by their titles in the documents. */
export type Recipes = Record<string, Recipe>;

/** The keys of one product, and how they are sent. */
export interface Product {
  /** Its name in the document. */
  scheme: string;
  scopes: readonly string[];
  /** The customer's own keys, which may do everything. */
  keyOf(customer: Customer): string;
  /** The key of another product. */
  otherKeyOf(customer: Customer): string;
  /** The headers with which a call sends a key. */
  shown(key: string): Record<string, string>;
  /** Makes a key with certain powers. */
  newKey(key: string, powers: { scopes?: readonly string[]; zones?: string[] }): Promise<{ id: string; token: string }>;
  /** The path at which a key is revoked, by id. */
  revocation(id: string): string;
}
