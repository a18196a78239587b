import type { ComponentChildren } from "preact";
import { Loading } from "./loading.tsx";
import { NumberedPages, Pages, type Paging } from "./pages.tsx";
import { type Column, Table } from "./table.tsx";
import type { Loaded } from "./use-loaded.ts";

interface ListProps<Answer, Row> {
  label: string;
  loaded: Loaded<Answer>;
  rowsOf(answer: Answer): readonly Row[];
  keyOf(row: Row): string;
  columns: readonly Column<Row>[];
  /** Shown if the list is empty. */
  none: ComponentChildren;
  short?: boolean;
  lines?: number;
  /** Where the list continues, if it has cursors. */
  paging?: { at: Paging; next(answer: Answer): string | null };
  /** The same for a list with numbered pages. */
  numbered?: { page: number; pages(answer: Answer): number; go(page: number): void };
}

/** The content of most pages: something that is read page by page, shown as a table. */
export function List<Answer, Row>(props: ListProps<Answer, Row>) {
  const { label, loaded, rowsOf, keyOf, columns, none, short, lines, paging, numbered } = props;
  return (
    <Loading loaded={loaded} {...(lines !== undefined && { lines })}>
      {(answer) => (
        <>
          {rowsOf(answer).length === 0 ? (
            none
          ) : (
            <Table
              label={label}
              rows={rowsOf(answer)}
              keyOf={keyOf}
              columns={columns}
              {...(short !== undefined && { short })}
            />
          )}
          {paging && <Pages paging={paging.at} next={paging.next(answer)} />}
          {numbered && <NumberedPages page={numbered.page} pages={numbered.pages(answer)} go={numbered.go} />}
        </>
      )}
    </Loading>
  );
}
