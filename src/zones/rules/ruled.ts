import type { FieldChanges } from "./edge-rule.ts";

/** What a zone's rules add to its settings for one request. */
export interface Ruled {
  /** The rules that match, by their places among those that are enabled. */
  readonly indices: readonly number[];
  /** Tells the answers out of one stored response apart. */
  readonly variant: string;
  /** Nothing is looked up and nothing stored. */
  readonly isBypassed: boolean;
  /** An answer that depends on where its client is, is for that client's own cache alone. */
  readonly isPrivate: boolean;
  /** Request fields, in lower case, that rules for this URL look at. */
  readonly vary: readonly string[];
  /** Response fields that are taken away, in lower case. */
  readonly removed: readonly string[];
  /** The name of the one of the zone's origins that is asked first; null: rules name none. */
  readonly origin: string | null;
  /** Request fields that rules set, or take away (null), whichever origin is asked. */
  readonly requestFields: FieldChanges;
  /** Has browsers save it: under its own name, or another. */
  readonly download: boolean | string;
}
