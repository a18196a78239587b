import type { z } from "@hono/zod-openapi";
import { jsonContent } from "./json-content.ts";

/**
 * Makes what documents an API's errors: of some statuses the `responses` of a route.
 *
 * @param schema of every error's body
 * @param meanings of each status that the API refuses with
 */
export function documentErrors<Schema extends z.ZodType, Status extends number>(
  schema: Schema,
  meanings: Readonly<Record<Status, string>>,
) {
  const response = (status: Status) => ({
    description: meanings[status],
    ...jsonContent(schema),
  });
  return <Documented extends Status>(...statuses: Documented[]) =>
    Object.fromEntries(statuses.map((status) => [status, response(status)])) as Record<
      Documented,
      ReturnType<typeof response>
    >;
}
