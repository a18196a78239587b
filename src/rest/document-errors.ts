import type { z } from "@hono/zod-openapi";

/**
 * Makes the function that documents an API's errors: the `responses` of a route for some statuses.
 *
 * @param schema of the body of every error
 * @param meanings of each status that the API refuses with
 * @param exampleOf the body of such a refusal
 */
export function documentErrors<Schema extends z.ZodType, Status extends number>(
  schema: Schema,
  meanings: Readonly<Record<Status, string>>,
  exampleOf: (status: Status) => z.input<Schema>,
) {
  const response = (status: Status) => ({
    description: meanings[status],
    content: { "application/json": { schema, example: exampleOf(status) } },
  });
  return <Documented extends Status>(...statuses: Documented[]) =>
    Object.fromEntries(statuses.map((status) => [status, response(status)])) as Record<
      Documented,
      ReturnType<typeof response>
    >;
}
