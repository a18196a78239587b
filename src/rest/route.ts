import { createRoute, type RouteConfig, type z } from "@hono/zod-openapi";
import type { MiddlewareHandler } from "hono";
import type { RestEnv } from "./context.ts";
import { idempotencyHeaders } from "./idempotent.ts";
import { knownParameters } from "./known-parameters.ts";

type Guard = MiddlewareHandler<RestEnv>;

/** What a route declares; everything else follows from it. */
export interface RouteFacts<Scope extends string | null, Status extends number>
  extends Omit<RouteConfig, "security" | "middleware"> {
  tags: string[];
  /** The scope that a key needs; null: any valid key will do. */
  scope: Scope;
  /** Whether a key without the scope may make the call about itself. */
  aboutItself?: true;
  /** Whether its handler reads the body as it comes, of any length. */
  readsBody?: true;
  /** Further guards, after the body's limit. */
  guards?: readonly Guard[];
  /** Its answers to calls that succeed. */
  responses: Record<number, RouteConfig["responses"][string]>;
  /** Its errors, besides those that follow from its path, its query and its body. */
  errors?: readonly Status[];
}

/** Statuses of errors that follow from a route's input. */
export type DerivedStatus = 400 | 401 | 403 | 404 | 409 | 413 | 415 | 422 | 429 | 500;

/** What the routes of an API have in common. */
export interface RouteRules<Scope extends string | null, Status extends number> {
  /** The security scheme of its keys. */
  scheme: string;
  /** @param aboutItself whether a key that the path names by its id needs no scope */
  requireScope(scope: Scope, aboutItself: boolean): Guard;
  limitBody: Guard;
  /** For calls that take no body. */
  refuseBody: Guard;
  idempotent: Guard;
  documentedErrors(...statuses: Status[]): RouteConfig["responses"];
}

/**
 * Makes the function that makes the routes of an API that are called with a key. Their security, their guards and the errors of
 * these follow from their input. A POST accepts an `Idempotency-Key`. No call accepts a parameter or body that it does not
 * know.
 */
export function routesBy<Scope extends string | null, Status extends number>(
  rules: RouteRules<Scope, Status | DerivedStatus>,
) {
  return <Path extends string, Facts extends RouteFacts<Scope, Status> & { path: Path }>(facts: Facts) => {
    const { scope, aboutItself = false, readsBody = false, guards = [], errors = [], ...shown } = facts;
    const isPost = facts.method === "post";
    const hasBody = facts.request?.body !== undefined;
    const derived = derivedErrors(facts);
    return createRoute<Path, Facts>({
      ...(shown as Facts),
      security: [{ [rules.scheme]: scope === null ? [] : [scope] }],
      middleware: [
        rules.requireScope(scope, aboutItself),
        ...((hasBody || isPost) && !readsBody ? [rules.limitBody] : []),
        ...(isPost && !hasBody ? [rules.refuseBody] : []),
        ...guards,
        ...(isPost ? [rules.idempotent] : []),
      ],
      request: {
        ...facts.request,
        query: knownParameters(facts.request?.query as z.ZodObject | undefined),
        ...(isPost && { headers: idempotencyHeaders }),
      },
      responses: { ...facts.responses, ...rules.documentedErrors(...derived, ...errors) },
    });
  };
}

/** The errors of a route's guards and validation. */
function derivedErrors({ method, path, scope, request }: RouteFacts<string | null, number>): DerivedStatus[] {
  const isPost = method === "post";
  const hasBody = request?.body !== undefined;
  const when = (is: boolean, ...statuses: DerivedStatus[]) => (is ? statuses : []);
  return [
    401,
    422,
    429,
    500,
    // A suspended account cannot change anything.
    ...when(scope !== null || method !== "get", 403),
    ...when(path.includes("{"), 404),
    ...when(hasBody, 400, 415),
    ...when(isPost, 409),
    ...when(hasBody || isPost, 413),
  ];
}
