import type { z } from "@hono/zod-openapi";

/** What a route says of a JSON body beside its description. */
export function jsonContent<Schema extends z.ZodType>(schema: Schema) {
  return { content: { "application/json": { schema } } };
}

/** The `body` of a route's request that has to be JSON. */
export function requiredJson<Schema extends z.ZodType>(schema: Schema) {
  return { required: true as const, ...jsonContent(schema) };
}
