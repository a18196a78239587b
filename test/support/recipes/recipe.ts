import type { Customer } from "../control-plane.ts";

/** How a call of the API that takes a customer's key is made. */
export interface Recipe {
  /** What its owner is answered. */
  own: number;
  /** Null: the call is about nothing in particular, such as a list. */
  about: Thing | null;
  /** Path and query of a call about a thing, by how the thing stands in the path. */
  path(thing: string): string;
  body?(thing: string): unknown;
  /** What a key is answered that is restricted to a zone, where that is not `own`. */
  restricted?: number;
  /** What a test key is answered, where that is not `own`. */
  test?: number;
}

/** A kind of thing that calls are about. */
export interface Thing {
  kind: string;
  /** How a thing that nobody has stands in a path. */
  missing: string;
  /** Whether it belongs to a zone: of other things, keys that are restricted to zones know nothing. */
  ofZone: boolean;
  /** Makes one with a key. */
  make(key: string): Promise<MadeThing>;
}

export interface MadeThing {
  /** How it stands in a path. */
  at: string;
  /** Another way to name it there. */
  alias?: string;
  /** The id of its zone. */
  zone?: string;
}

/** Calls by their titles in the documents. */
export type Recipes = Record<string, Recipe>;

/** Keys of one product, and what they are shown in. */
export interface Product {
  /** As the document names it. */
  scheme: string;
  scopes: readonly string[];
  /** The customer's own keys: they may do everything. */
  keyOf(customer: Customer): string;
  /** The key of another product. */
  otherKeyOf(customer: Customer): string;
  /** How a call shows a key. */
  shown(key: string): Record<string, string>;
  /** Makes a key with certain powers. */
  newKey(key: string, powers: { scopes?: readonly string[]; zones?: string[] }): Promise<{ id: string; token: string }>;
  /** The path at which the key of an id is revoked. */
  revocation(id: string): string;
}
