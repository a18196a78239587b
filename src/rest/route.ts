import { createRoute, type RouteConfig, type z } from "@hono/zod-openapi";
import type { MiddlewareHandler } from "hono";
import type { RestEnv } from "./context.ts";
import { idempotencyHeaders } from "./idempotent.ts";
import { knownParameters } from "./known-parameters.ts";

type Guard = MiddlewareHandler<RestEnv>;

/** What a route says of itself; all else follows from it. */
export interface RouteFacts<Scope extends string | null, Status extends number>
  extends Omit<RouteConfig, "security" | "middleware"> {
  tags: string[];
  /** What a key needs; null: any valid key will do. */
  scope: Scope;
  /** Whether a key without the scope may make the call about itself. */
  aboutItself?: true;
  /** Whether its handler reads the body as it comes, whatever its length. */
  readsBody?: true;
  /** Guards of its own, behind the limit of the body. */
  guards?: readonly Guard[];
  /** How it answers a call that succeeds. */
  responses: Record<number, RouteConfig["responses"][string]>;
  /** How it refuses beyond what follows from its path, its query and its body. */
  errors?: readonly Status[];
}

/** Statuses of refusals that follow from what a route takes. */
export type DerivedStatus = 400 | 401 | 403 | 404 | 409 | 413 | 415 | 422 | 429 | 500;

/** What the routes of an API have in common. */
export interface RouteRules<Scope extends string | null, Status extends number> {
  /** The security scheme of its keys. */
  scheme: string;
  /** @param aboutItself a key that the path names by its id needs no scope */
  requireScope(scope: Scope, aboutItself: boolean): Guard;
  limitBody: Guard;
  /** Of a call that takes none. */
  refuseBody: Guard;
  idempotent: Guard;
  documentedErrors(...statuses: Status[]): RouteConfig["responses"];
}

/**
 * Makes what makes the routes of an API that are called with a key. From what a route takes follow its security, its guards
 * and the errors that those answer. A POST takes an `Idempotency-Key`; no call takes a parameter or a body that it does not know.
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

/** The errors that the guards and the validation of a route answer. */
function derivedErrors({ method, path, scope, request }: RouteFacts<string | null, number>): DerivedStatus[] {
  const isPost = method === "post";
  const hasBody = request?.body !== undefined;
  const when = (is: boolean, ...statuses: DerivedStatus[]) => (is ? statuses : []);
  return [
    401,
    422,
    429,
    500,
    // A suspended account changes nothing.
    ...when(scope !== null || method !== "get", 403),
    ...when(path.includes("{"), 404),
    ...when(hasBody, 400, 415),
    ...when(isPost, 409),
    ...when(hasBody || isPost, 413),
  ];
}
