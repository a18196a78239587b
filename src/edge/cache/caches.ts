import type { Memory } from "./memory.ts";
import type { Store } from "./store.ts";

/** Where an isolate finds stored responses for a zone. */
export interface Caches {
  store: Store;
  /** Null in a zone whose objects change by unsafe methods. */
  memory: Memory | null;
}
