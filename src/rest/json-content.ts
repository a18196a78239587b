import type { z } from "@hono/zod-openapi";

/** What a route declares about a JSON body besides its description. */
export function jsonContent<Schema extends z.ZodType>(schema: Schema) {
  return { content: { "application/json": { schema } } };
}

/** The `body` of a route whose request has to be JSON. */
export function requiredJson<Schema extends z.ZodType>(schema: Schema) {
  return { required: true as const, ...jsonContent(schema) };
}
