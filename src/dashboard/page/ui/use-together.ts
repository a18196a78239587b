import { useRef } from "preact/hooks";
import type { Loaded } from "./use-loaded.ts";

/** Two things that are shown together. */
export interface Pair<First, Second> {
  first: First;
  /** Undefined: it could not be read, and the first is shown alone. */
  second: Second | undefined;
}

/**
 * Two things that are read at the same time and shown as one. If they were shown one after the other, the later one would move
 * what is there, and a figure would be compared with one from another period. Both stay while one of them is read again.
 */
export function useTogether<First, Second>(first: Loaded<First>, second: Loaded<Second>): Loaded<Pair<First, Second>> {
  const shown = useRef<Pair<First, Second>>(undefined);
  const isLoading = first.isLoading || second.isLoading;
  if (!isLoading && first.data !== undefined) shown.current = { first: first.data, second: second.data };
  return { ...first, data: shown.current, isLoading };
}
