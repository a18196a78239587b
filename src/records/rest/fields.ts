import { z } from "@hono/zod-openapi";

/** zod's message for a field that is missing, in the contract's words, or of another type. */
function said(type: string) {
  return (issue: { input?: unknown }) => (issue.input === undefined ? "is required" : `must be ${type}`);
}

/** A required text. */
export const text = () => z.string({ error: said("a string") });

/** A required whole number. */
export const wholeNumber = () => z.int({ error: said("a whole number") });

/** A required object that has no other fields than these. */
export function fields<Shape extends z.core.$ZodShape>(shape: Shape) {
  return z.strictObject(shape, {
    error: (issue) => (issue.code === "invalid_type" ? said("an object")(issue) : undefined),
  });
}

/** A time as ISO 8601 with an offset, such as `2025-12-31T23:59:59Z`. */
export const time = () =>
  z.iso.datetime({ offset: true, error: "must be a date and time of ISO 8601, such as 2025-12-31T23:59:59Z" });

/** A number of a page, or how much a page holds, as it stands in a query. */
function counting(max: number, byDefault: number, description: string) {
  const message = `must be a whole number from 1 to ${max}`;
  return z
    .string()
    .regex(/^[0-9]{1,9}$/, message)
    .transform(Number)
    .refine((number) => number >= 1 && number <= max, message)
    .default(byDefault)
    .openapi({ type: "integer", minimum: 1, maximum: max, default: byDefault, description });
}

/** Which page of a list is asked for. */
export const pageQuery = {
  page: counting(1_000_000, 1, "Which page, from 1."),
  per_page: counting(100, 25, "How many a page holds."),
};

/** What is said of a page. */
export const metaSchema = z
  .object({ page: z.int(), per_page: z.int(), total: z.int(), total_pages: z.int() })
  .openapi("Meta");

/** Where a page begins and how much it holds, for D1. */
export function pageOf({ page, per_page }: { page: number; per_page: number }): { limit: number; offset: number } {
  return { limit: per_page, offset: (page - 1) * per_page };
}

export function metaOf({ page, per_page }: { page: number; per_page: number }, total: number) {
  return { page, per_page, total, total_pages: Math.ceil(total / per_page) };
}
