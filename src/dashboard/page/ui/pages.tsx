import { useState } from "preact/hooks";

/** Where a list stands: the cursors of the pages that were shown. */
export interface Paging {
  cursor: string | undefined;
  isFirst: boolean;
  forward(next: string): void;
  back(): void;
  reset(): void;
}

export function usePaging(): Paging {
  const [cursors, setCursors] = useState<readonly (string | undefined)[]>([undefined]);
  return {
    cursor: cursors.at(-1),
    isFirst: cursors.length === 1,
    forward: (next) => setCursors([...cursors, next]),
    back: () => setCursors(cursors.slice(0, -1)),
    reset: () => setCursors([undefined]),
  };
}

/** Goes through a list page by page; nothing is shown where there is but one. */
export function Pages({ paging, next }: { paging: Paging; next: string | null }) {
  if (paging.isFirst && next === null) return null;
  return (
    <nav class="pages" aria-label="Pages">
      <button type="button" class="button quiet" disabled={paging.isFirst} onClick={paging.back}>
        Back
      </button>
      <button
        type="button"
        class="button quiet"
        disabled={next === null}
        onClick={() => next !== null && paging.forward(next)}
      >
        More
      </button>
    </nav>
  );
}

/** The same for a list that counts its pages. */
export function NumberedPages({ page, pages, go }: { page: number; pages: number; go(page: number): void }) {
  if (pages <= 1) return null;
  return (
    <nav class="pages" aria-label="Pages">
      <span class="muted">
        Page {page} of {pages}
      </span>
      <button type="button" class="button quiet" disabled={page <= 1} onClick={() => go(page - 1)}>
        Back
      </button>
      <button type="button" class="button quiet" disabled={page >= pages} onClick={() => go(page + 1)}>
        More
      </button>
    </nav>
  );
}
