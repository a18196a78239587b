import { createRoute, type RouteConfig } from "@hono/zod-openapi";
import { knownParameters } from "../rest/known-parameters.ts";
import { documentedErrors } from "./documented-errors.ts";
import { limitBody, requireMember, requirePerson } from "./guards.ts";

/** What a route for people declares. */
interface PersonFacts extends Omit<RouteConfig, "tags" | "security" | "middleware"> {
  summary: string;
  /** Whether it concerns an account that the person acts for, or only the person. */
  ofAccount: boolean;
  /** Its errors, besides those that follow from its input. */
  errors?: readonly (403 | 404 | 409)[];
}

/** Makes a route that is called by a signed-in person, and cannot be called with a key. */
export function personRoute<Path extends string, Facts extends PersonFacts & { path: Path }>(facts: Facts) {
  const { errors = [], ofAccount, ...shown } = facts;
  const hasBody = facts.request?.body !== undefined;
  return createRoute<Path, Facts>({
    ...(shown as unknown as Facts),
    tags: ["People"],
    security: [{ session: [] }],
    middleware: [ofAccount ? requireMember : requirePerson, ...(hasBody ? [limitBody] : [])],
    request: { ...facts.request, query: knownParameters(undefined) },
    responses: {
      ...facts.responses,
      ...documentedErrors(401, 422, 429, 500, ...errors),
      ...(hasBody && documentedErrors(400, 413, 415)),
    },
  });
}
