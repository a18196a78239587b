import { useState } from "preact/hooks";
import { account, mode } from "../state/session.ts";

type Cursors = readonly (string | undefined)[];

/** The position in a list: the cursors of the pages shown so far. */
export interface Paging {
  cursor: string | undefined;
  isFirst: boolean;
  forward(next: string): void;
  back(): void;
  reset(): void;
}

/** Kept in the browser's history, so that somebody who comes back to a list finds the page that they left. */
export function usePaging(): Paging {
  const whose = `${account.value?.id} ${mode.value}`;
  const [pages, setPages] = useState<{ whose: string; cursors: Cursors }>(() => {
    const kept = (history.state as { pages?: { whose: string; cursors: Cursors } } | null)?.pages;
    return kept?.whose === whose ? kept : { whose, cursors: FIRST };
  });
  // A cursor from one account is useless in another's list.
  const cursors = pages.whose === whose ? pages.cursors : FIRST;
  const go = (to: Cursors) => {
    const made = { whose, cursors: to };
    setPages(made);
    history.replaceState({ ...history.state, pages: made }, "");
  };
  return {
    cursor: cursors.at(-1),
    isFirst: cursors.length === 1,
    forward: (next) => go([...cursors, next]),
    back: () => go(cursors.slice(0, -1)),
    reset: () => go(FIRST),
  };
}

const FIRST: Cursors = [undefined];

/** Moves through a list page by page; nothing is shown if there is only one page. */
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

/** The same for a list with numbered pages. */
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
