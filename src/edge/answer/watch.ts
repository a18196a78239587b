import type { AccountDocument } from "../../accounts/account-document.ts";
import type { ZoneDocument } from "../../zones/zone.ts";
import type { WaitUntil } from "../../zones/zone-table.ts";
import type { XCache } from "../fill/provenance.ts";
import type { Target } from "../request/target.ts";

/** An answer as it has gone out, or as much of it as its client has taken. */
export interface SentAnswer {
  request: Request;
  /** What was asked for, without the parts of a token. */
  url: URL;
  target: Pick<Target, "path" | "query">;
  status: number;
  headers: Headers;
  xCache: XCache;
  /** Of the body, as it was handed over. */
  bytes: number;
  /** When the request arrived, ms since the epoch. */
  now: number;
}

/** Somebody who reads along what a zone answers. */
export interface Watch {
  /** Takes note of an answer. It must cost next to nothing, and never throw. */
  note(sent: SentAnswer, waitUntil: WaitUntil): void;
}

/** Knows who reads along. */
export interface Watching {
  /** Asked only where a zone's or an account's document says that somebody may. @param now ms since the epoch */
  watchOf(zone: ZoneDocument, account: AccountDocument, now: number): Watch | null;
}

/** Who reads along what a zone answers; null: nobody, which is all that most requests ask. */
export function watchOf(watching: Watching, zone: ZoneDocument, account: AccountDocument, now: number): Watch | null {
  if (account.tails === undefined && zone.settings.logs === null) return null;
  return watching.watchOf(zone, account, now);
}
