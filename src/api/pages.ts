import { z } from "@hono/zod-openapi";
import type { Page, Position } from "../db/position.ts";
import { counting } from "../rest/counting.ts";
import { decodeCursor, encodeCursor } from "./cursor.ts";
import { invalidField } from "./validation.ts";

/** The query parameters of a list. */
export const pageQuery = {
  limit: counting(1_000, 100, "How many a page holds."),
  cursor: z.string().max(200).optional().describe("The `next_cursor` of the previous page."),
};

export const nextCursor = z.string().nullable().describe("Null on the last page.");

/** The page that a query asks for, plus one row, which shows whether another page follows. */
export function requestedPage(
  kind: Parameters<typeof decodeCursor>[1],
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): Page {
  const after = cursor === undefined ? null : decodeCursor(cursor, kind);
  if (cursor !== undefined && after === null) throw invalidField("cursor", "is not a cursor of this list");
  return { limit: limit + 1, after };
}

/** The rows of a page and the cursor after it, from what was found for a {@link requestedPage}. */
export function cutPage<Row extends Position>(
  found: Row[],
  limit: number,
): { rows: Row[]; next_cursor: string | null } {
  const rows = found.slice(0, limit);
  const last = found.length > limit ? rows.at(-1) : undefined;
  return { rows, next_cursor: last ? encodeCursor(last) : null };
}
