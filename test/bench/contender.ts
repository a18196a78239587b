import type { Asset } from "./assets.ts";
import { type Origin, VALIDATED } from "./origin.ts";
import type { ProcessOptions } from "./processes.ts";

/** What a contender is started with. */
export interface Setting {
  asset: Asset;
  origin: Origin;
  /** An empty folder of its own. */
  folder: string;
  /** The response headers of our memory hit, name and value, which the constant answer repeats. */
  headers: [string, string][];
  /** Only if ours and the constant answer are watched while they run. */
  process?: Pick<ProcessOptions, "env" | "onLine">;
}

/** A server that is ready for its load. */
export interface Server {
  port: number;
  /** The serving processes, whose CPU time and memory are measured. */
  pids: readonly number[];
  stop(): Promise<void>;
}

/** The path that a contender is asked for. */
export function pathFor({ state }: Pick<Contender, "state">, { path }: Asset): string {
  return state === "validation" ? VALIDATED + path : path;
}

/** One row of the table. */
export interface Contender {
  name: string;
  /** What is claimed about its answers under load, and checked: see `check.ts`. */
  state: "hit" | "miss" | "validation" | "constant";
  /** Headers that every answer has in that state. */
  expected: Readonly<Record<string, string>>;
  /** Whether its answers have all headers that ours have, and perhaps more: each of them costs time. */
  hasOurHeaders?: boolean;
  start(setting: Setting): Promise<Server>;
}
