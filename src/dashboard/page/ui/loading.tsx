import type { ComponentChildren } from "preact";
import { Problem } from "./problem.tsx";
import type { Loaded } from "./use-loaded.ts";

interface LoadingProps<Data> {
  loaded: Loaded<Data>;
  /** How many placeholder lines keep space for the data. */
  lines?: number;
  children: (data: Data) => ComponentChildren;
}

/** Shows what was read; before that, space for it, or why it is not there. */
export function Loading<Data>({ loaded, lines = 3, children }: LoadingProps<Data>) {
  const { data, problem, isLoading, reload } = loaded;
  return (
    <>
      <Problem problem={problem} retry={reload} />
      {data !== undefined ? (
        children(data)
      ) : isLoading ? (
        <div class="placeholder" role="status" aria-label="Loading">
          {Array.from({ length: lines }, (_, index) => (
            <div key={index} />
          ))}
        </div>
      ) : null}
    </>
  );
}
