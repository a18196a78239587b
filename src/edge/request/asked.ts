import type { RequestCacheControl } from "../../http/cache-control.ts";
import type { ByteRange } from "../../http/range.ts";
import type { ZoneDocument } from "../../zones/zone.ts";
import type { WaitUntil } from "../../zones/zone-table.ts";
import type { OpenBodies } from "../body/open-bodies.ts";
import type { Target } from "./target.ts";

/** One request of a client: what it asks for. */
export interface Asked {
  request: Request;
  url: URL;
  zone: ZoneDocument;
  /** The zone as its document has it, whatever rules make of it for this request. */
  document: ZoneDocument;
  /** The zone's hostnames, whichever one the client used; the first is the public one. */
  hosts: readonly [string, ...string[]];
  target: Target;
  /** The request's own Cache-Control. Only `no-store` and `only-if-cached` are heeded. */
  directives: RequestCacheControl;
  /** The range that it asks for, if that is one that is heeded. */
  range: ByteRange | null;
  /** When the request arrived, ms since the epoch. */
  now: number;
  /** Owns bodies that are opened for this request and may turn out not to be needed. */
  bodies: OpenBodies;
  waitUntil: WaitUntil;
}
