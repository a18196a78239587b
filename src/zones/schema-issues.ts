import type { z } from "@hono/zod-openapi";

/** Runs even if a name's value is wrong, so that everything wrong is reported at once. */
export const ALWAYS = {
  when: ({ value }: z.core.ParsePayload) => typeof value === "object" && value !== null && !Array.isArray(value),
};

/** The context of a refinement. */
export type Context = z.core.$RefinementCtx<unknown>;

/** Reports what is wrong under a name. */
export function refuse(context: Context, name: string | number, message: string): void {
  context.addIssue({ code: "custom", path: [name], message });
}

/** Refuses a record with too many names. */
export function limit(record: object, most: number, context: Context): void {
  if (Object.keys(record).length > most)
    context.addIssue({ code: "custom", message: `must have at most ${most} names` });
}
