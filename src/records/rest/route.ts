import type { SCOPES } from "../../accounts/scopes.ts";
import { routesBy } from "../../rest/route.ts";
import { documentedErrors } from "./documented-errors.ts";
import { limitBody, refuseBody, requireScope } from "./guards.ts";
import { idempotent } from "./idempotent.ts";

/** Makes a route that is called with a key of ResolveDB's. */
export const route = routesBy<(typeof SCOPES)["resolvedb"][number], 503>({
  scheme: "bearer",
  requireScope,
  limitBody,
  refuseBody,
  idempotent,
  documentedErrors,
});
