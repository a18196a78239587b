import type { RequestCacheControl } from "../../http/cache-control.ts";
import type { ZoneDocument } from "../../zones/zone.ts";
import type { WaitUntil } from "../../zones/zone-table.ts";
import type { Memory } from "../cache/memory.ts";
import type { Store } from "../cache/store.ts";
import type { Target } from "../request/target.ts";
import type { FillBudget } from "./fill-budget.ts";
import type { Flights } from "./flights.ts";
import type { RangeDemand } from "./range-demand.ts";

/** One request of a client, with all that answering it needs. */
export interface Exchange {
  request: Request;
  url: URL;
  zone: ZoneDocument;
  target: Target;
  /** The request's own Cache-Control, of which `no-store` and `only-if-cached` are heeded. */
  directives: RequestCacheControl;
  /** When the request arrived, ms since the epoch. */
  now: number;
  store: Store;
  flights: Flights;
  fills: FillBudget;
  ranges: RangeDemand;
  /** Null in a zone whose objects change by unsafe methods. */
  memory: Memory | null;
  /** After so long without taking anything a client is let go, ms. */
  stalledMs: number;
  waitUntil: WaitUntil;
}
