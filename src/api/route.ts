import type { SCOPES } from "../accounts/scopes.ts";
import { routesBy } from "../rest/route.ts";
import { documentedErrors } from "./documented-errors.ts";
import { limitBody, refuseBody, requireScope } from "./guards.ts";
import { idempotent } from "./idempotent.ts";

/** Makes a route that is called with a key of ResCDN's. */
export const route = routesBy<(typeof SCOPES)["rescdn"][number] | null, 404 | 409 | 412 | 503>({
  scheme: "key",
  requireScope,
  limitBody,
  refuseBody,
  idempotent,
  documentedErrors,
});
