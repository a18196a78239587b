import type { z } from "@hono/zod-openapi";

/** Also where a name's value is wrong: all that is wrong is said at once. */
export const ALWAYS = {
  when: ({ value }: z.core.ParsePayload) => typeof value === "object" && value !== null && !Array.isArray(value),
};

/** What a refinement is told of, and tells. */
export type Context = z.core.$RefinementCtx<unknown>;

/** Says what is wrong under a name. */
export function refuse(context: Context, name: string | number, message: string): void {
  context.addIssue({ code: "custom", path: [name], message });
}

/** Refuses a record of too many names. */
export function limit(record: object, most: number, context: Context): void {
  if (Object.keys(record).length > most)
    context.addIssue({ code: "custom", message: `must have at most ${most} names` });
}
