import { z } from "@hono/zod-openapi";
import { counting } from "../../rest/counting.ts";

/** A time as ISO 8601 with an offset, such as `2025-12-31T23:59:59Z`. */
export const time = () => z.iso.datetime({ offset: true });

/** Which page of a list is requested. */
export const pageQuery = {
  page: counting(1_000_000, 1, "Which page, from 1."),
  per_page: counting(100, 25, "How many a page holds."),
};

/** What an answer says about its page. */
export const metaSchema = z
  .object({
    page: z.int().openapi({ example: 1 }),
    per_page: z.int().openapi({ example: 25 }),
    total: z.int().openapi({ example: 1 }),
    total_pages: z.int().openapi({ example: 1 }),
  })
  .openapi("Meta");

/** Where a page begins and how many rows it has, for D1. */
export function pageOf({ page, per_page }: { page: number; per_page: number }): { limit: number; offset: number } {
  return { limit: per_page, offset: (page - 1) * per_page };
}

export function metaOf({ page, per_page }: { page: number; per_page: number }, total: number) {
  return { page, per_page, total, total_pages: Math.ceil(total / per_page) };
}
