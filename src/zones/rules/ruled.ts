import type { FieldChanges } from "./edge-rule.ts";

/** What a zone's rules add to its settings for one request. */
export interface Ruled {
  /** The rules that match, by their positions among those that are enabled. */
  readonly indices: readonly number[];
  /** Tells the answers from one stored response apart. */
  readonly variant: string;
  /** Nothing is looked up and nothing stored. */
  readonly isBypassed: boolean;
  /** The answer depends on where the client is, so only the client's own cache may keep it. */
  readonly isPrivate: boolean;
  /** The request fields, in lower case, that rules for this URL look at. */
  readonly vary: readonly string[];
  /** Response fields that are removed, in lower case. */
  readonly removed: readonly string[];
  /** The name of the zone's origin that is asked first; null: rules name none. */
  readonly origin: string | null;
  /** Request fields that rules set, or remove (null), whichever origin is asked. */
  readonly requestFields: FieldChanges;
  /** Makes browsers save the file, under its own name or another. */
  readonly download: boolean | string;
}
