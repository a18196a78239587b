import { z } from "@hono/zod-openapi";

/** A whole number from 1 to `max`, in a query. */
export function counting(max: number, byDefault: number, description: string) {
  const message = `must be a whole number from 1 to ${max}`;
  return z
    .string()
    .regex(/^[0-9]{1,9}$/, message)
    .transform(Number)
    .refine((number) => number >= 1 && number <= max, message)
    .default(byDefault)
    .openapi({ type: "integer", minimum: 1, maximum: max, default: byDefault, description });
}
