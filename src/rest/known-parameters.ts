import { z } from "@hono/zod-openapi";

/**
 * The query of a call, which may have only the parameters of a schema: a misspelled one would otherwise be ignored in silence.
 */
export function knownParameters(query: z.ZodObject | undefined): z.ZodObject {
  const shape = query?.shape ?? {};
  const names = Object.keys(shape);
  const known = names.length === 0 ? "this call takes none" : `known here: ${names.join(", ")}`;
  return z.strictObject(shape, {
    error: (issue) => (issue.code === "unrecognized_keys" ? `is not a known parameter; ${known}` : undefined),
  });
}
