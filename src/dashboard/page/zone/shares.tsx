import { count, ratio } from "../ui/format.ts";
import { Table } from "../ui/table.tsx";

/** A part of what was answered. */
export interface Share {
  name: string;
  requests: number;
  color?: `--${string}`;
}

const SHOWN = 12;
const COLORS = ["--one", "--two", "--three", "--four", "--five"] as const;

/** The parts of a whole: a bar, and the numbers. */
export function Shares({ title, rows }: { title: string; rows: readonly Share[] }) {
  const all = rows.reduce((sum, { requests }) => sum + requests, 0);
  const sorted = rows
    .filter(({ requests }) => requests > 0)
    .sort((a, b) => b.requests - a.requests)
    .slice(0, SHOWN)
    .map((row, index) => ({ ...row, color: row.color ?? COLORS[Math.min(index, COLORS.length - 1)]! }));
  return (
    <section class="card shares">
      <h2>{title}</h2>
      <svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
        {sorted.map(({ name, requests, color }, index) => {
          const before = sorted.slice(0, index).reduce((sum, row) => sum + row.requests, 0);
          return (
            <rect
              key={name}
              x={(before / all) * 100}
              width={Math.max((requests / all) * 100 - 0.4, 0.3)}
              height="8"
              fill={`var(${color})`}
            />
          );
        })}
      </svg>
      <Table
        label={title}
        rows={sorted}
        keyOf={({ name }) => name}
        columns={[
          {
            head: title,
            cell: ({ name, color }) => (
              <>
                <svg width="10" height="10" aria-hidden="true">
                  <rect width="10" height="10" rx="3" fill={`var(${color})`} />
                </svg>{" "}
                {name}
              </>
            ),
          },
          { head: "Requests", kind: "number", cell: ({ requests }) => count(requests) },
          { head: "Share", kind: "number", cell: ({ requests }) => ratio(requests / all) },
        ]}
      />
    </section>
  );
}
