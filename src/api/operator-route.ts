import { createRoute, type RouteConfig, type z } from "@hono/zod-openapi";
import { knownParameters } from "../rest/known-parameters.ts";
import { documentedErrors } from "./documented-errors.ts";
import { limitBody, refuseBody } from "./guards.ts";

/** What an operator's route declares. */
interface OperatorFacts extends Omit<RouteConfig, "tags" | "security" | "middleware"> {
  summary: string;
  /** Its errors, besides those that follow from its input. */
  errors?: readonly (403 | 409 | 503)[];
}

/**
 * Makes a route that is called with the operator's token. Its guards and its errors follow from its input. No call accepts a
 * parameter or body that it does not know.
 */
export function operatorRoute<Path extends string, Facts extends OperatorFacts & { path: Path }>(facts: Facts) {
  const { errors = [], ...shown } = facts;
  const hasBody = facts.request?.body !== undefined;
  const isPost = facts.method === "post";
  return createRoute<Path, Facts>({
    ...(shown as unknown as Facts),
    tags: ["Operator"],
    security: [{ operator: [] }],
    request: { ...facts.request, query: knownParameters(facts.request?.query as z.ZodObject | undefined) },
    ...((hasBody || isPost) && { middleware: hasBody ? [limitBody] : [limitBody, refuseBody] }),
    responses: {
      ...facts.responses,
      ...documentedErrors(401, 404, 422, 429, 500, ...errors),
      ...(hasBody && documentedErrors(400, 415)),
      ...((hasBody || isPost) && documentedErrors(413)),
    },
  });
}
