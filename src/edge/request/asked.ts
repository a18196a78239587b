import type { RequestCacheControl } from "../../http/cache-control.ts";
import type { ByteRange } from "../../http/range.ts";
import type { ZoneDocument } from "../../zones/zone.ts";
import type { WaitUntil } from "../../zones/zone-table.ts";
import type { OpenBodies } from "../body/open-bodies.ts";
import type { Target } from "./target.ts";

/** One request of a client: what is asked. */
export interface Asked {
  request: Request;
  url: URL;
  zone: ZoneDocument;
  /** The zone as its document has it, whatever rules make of it for this request. */
  document: ZoneDocument;
  /** The zone's hostnames, whichever the client has asked; the first is the public one. */
  hosts: readonly [string, ...string[]];
  target: Target;
  /** The request's own Cache-Control, of which `no-store` and `only-if-cached` are heeded. */
  directives: RequestCacheControl;
  /** The range that it names, if it is one that is heeded. */
  range: ByteRange | null;
  /** When the request arrived, ms since the epoch. */
  now: number;
  /** Owns what is opened for this request and may not be wanted after all. */
  bodies: OpenBodies;
  waitUntil: WaitUntil;
}
