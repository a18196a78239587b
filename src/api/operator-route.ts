import { createRoute, type RouteConfig } from "@hono/zod-openapi";
import { documentedErrors } from "./documented-errors.ts";
import { limitBody } from "./guards.ts";

/** What a route of the operator's says of itself. */
interface OperatorFacts extends Omit<RouteConfig, "tags" | "security" | "middleware"> {
  summary: string;
  /** How it refuses beyond what follows from what it takes. */
  errors?: readonly (403 | 409 | 503)[];
}

/** Makes a route that is called with the operator's token: from what it takes follow its guards and the errors that it answers. */
export function operatorRoute<Path extends string, Facts extends OperatorFacts & { path: Path }>(facts: Facts) {
  const { errors = [], ...shown } = facts;
  const { body, query } = facts.request ?? {};
  return createRoute<Path, Facts>({
    ...(shown as unknown as Facts),
    tags: ["Operator"],
    security: [{ operator: [] }],
    ...(body !== undefined && { middleware: limitBody }),
    responses: {
      ...facts.responses,
      ...documentedErrors(401, 404, 429, 500, ...errors),
      ...(body !== undefined && documentedErrors(400, 413, 415)),
      ...((body !== undefined || query !== undefined) && documentedErrors(422)),
    },
  });
}
