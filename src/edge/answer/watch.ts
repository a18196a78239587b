import type { AccountDocument } from "../../accounts/account-document.ts";
import type { ZoneDocument } from "../../zones/zone.ts";
import type { WaitUntil } from "../../zones/zone-table.ts";
import type { XCache } from "../fill/provenance.ts";
import type { Target } from "../request/target.ts";

/** An answer as it was sent, or as much of it as its client took. */
export interface SentAnswer {
  request: Request;
  /** The requested URL, without the parts of a token. */
  url: URL;
  target: Pick<Target, "path" | "query">;
  status: number;
  headers: Headers;
  xCache: XCache;
  /** Bytes of the body that were handed over. */
  bytes: number;
  /** When the request arrived, ms since the epoch. */
  now: number;
}

/** Somebody who watches a zone's answers. */
export interface Watch {
  /** Takes note of an answer. It must cost next to nothing, and never throw. */
  note(sent: SentAnswer, waitUntil: WaitUntil): void;
}

/** Knows who is watching. */
export interface Watching {
  /** Asked only if a zone's or an account's document says that somebody may be watching. @param now ms since the epoch */
  watchOf(zone: ZoneDocument, account: AccountDocument, now: number): Watch | null;
}

/** Who watches a zone's answers; null: nobody, which most requests find out without asking further. */
export function watchOf(watching: Watching, zone: ZoneDocument, account: AccountDocument, now: number): Watch | null {
  if (account.tails === undefined && zone.settings.logs === null) return null;
  return watching.watchOf(zone, account, now);
}
