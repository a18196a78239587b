import { Glob } from "../../edge/policy/glob.ts";
import { pathPattern } from "../../edge/policy/path-pattern.ts";
import type { TailFilter } from "./tail-protocol.ts";

/** What filters look at. */
export interface Filtered {
  status: number;
  cache: string;
  path: string;
}

/** A filter in a form that is quick to match requests with. */
export class PreparedFilter {
  readonly #statuses: ReadonlySet<number> | null;
  readonly #classes: ReadonlySet<number> | null;
  readonly #cache: ReadonlySet<string> | null;
  readonly #path: Glob | null;
  /** Whether it lets everything pass. */
  readonly isEmpty: boolean;

  constructor({ status, cache, path }: TailFilter) {
    const isClass = (text: string) => text.endsWith("xx");
    this.#statuses = status === undefined ? null : new Set(status.filter((text) => !isClass(text)).map(Number));
    this.#classes = status === undefined ? null : new Set(status.filter(isClass).map((text) => Number(text[0])));
    this.#cache = cache === undefined ? null : new Set(cache);
    this.#path = path === undefined ? null : new Glob(pathPattern(path));
    this.isEmpty = status === undefined && cache === undefined && path === undefined;
  }

  matches({ status, cache, path }: Filtered): boolean {
    if (this.#statuses !== null && !this.#statuses.has(status) && !this.#classes!.has(Math.floor(status / 100)))
      return false;
    if (this.#cache !== null && !this.#cache.has(cache)) return false;
    return this.#path === null || this.#path.matches(path);
  }
}
