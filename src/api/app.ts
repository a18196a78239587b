import { OpenAPIHono } from "@hono/zod-openapi";
import type { Env } from "../env.ts";
import type { RestEnv } from "../rest/context.ts";
import { everyAnswer } from "../rest/every-answer.ts";
import { refuseOtherMethods } from "../rest/other-methods.ts";
import { addSignposts } from "../rest/signposts.ts";
import type { Inspector } from "../why/report.ts";
import { addAdmin } from "./admin.ts";
import { addAudit } from "./audit.ts";
import { addDocs } from "./docs/docs.ts";
import { addDocument } from "./document.ts";
import { Problem, problemOf } from "./errors.ts";
import { addFiles } from "./files.ts";
import { addHealth } from "./health.ts";
import { addHostnames } from "./hostnames.ts";
import { addKeys } from "./keys.ts";
import { addLogs } from "./logs.ts";
import { addMe } from "./me.ts";
import { addMetrics } from "./metrics.ts";
import { addOperatedAccounts } from "./operated-accounts.ts";
import { addOriginHealth } from "./origin-health.ts";
import { addPeople } from "./people.ts";
import { addPrefetch } from "./prefetch.ts";
import { addPurge } from "./purge.ts";
import { addPurgeHistory } from "./purge-history.ts";
import { addQuota } from "./quota.ts";
import { addRestore } from "./restore.ts";
import { addSigning } from "./signing.ts";
import { addSigningKeys } from "./signing-keys.ts";
import { addTail } from "./tail.ts";
import { addTakedowns } from "./takedowns.ts";
import { addUsage } from "./usage.ts";
import { invalidRequest } from "./validation.ts";
import { addWhy } from "./why.ts";
import { addZones } from "./zones.ts";

/** The control plane: every route of the API's hosts. */
function createApi(inspector: Inspector): OpenAPIHono<RestEnv> {
  const app = new OpenAPIHono<RestEnv>({
    // A slash at the end of a path makes no difference.
    strict: false,
    defaultHook: (result) => {
      if (!result.success) throw invalidRequest(result.error);
    },
  });
  app.onError(async (error, c) => {
    const problem = await problemOf(error, c.var.requestId, c.env.STATE_DISK);
    return problem.toResponse(c.var.requestId);
  });
  app.notFound((c) => new Problem("not_found").toResponse(c.var.requestId));
  app.use(everyAnswer());

  addSignposts(app, ["/", "/v1"], { name: "ResCDN", docs: "/docs", openapi: "/openapi.json", api: "/v1/zones" });
  addHealth(app);
  addZones(app);
  addHostnames(app);
  addFiles(app);
  addSigningKeys(app);
  addSigning(app);
  addTail(app);
  addLogs(app);
  addPurge(app);
  addPurgeHistory(app);
  addPrefetch(app);
  addKeys(app);
  addMe(app);
  addAudit(app);
  addWhy(app, inspector);
  addOriginHealth(app, inspector);
  addUsage(app);
  addQuota(app);
  addPeople(app);
  addAdmin(app);
  addOperatedAccounts(app);
  addTakedowns(app);
  addRestore(app);
  addMetrics(app);
  addDocument(app);
  addDocs(app);
  refuseOtherMethods(app, (headers) => new Problem("method_not_allowed", { headers }), ["/v1/purge"]);
  return app;
}

let api: { app: OpenAPIHono<RestEnv>; inspector: Inspector } | null = null;

/** Answers a request to one of the API's hosts. */
export async function handleApi(
  request: Request,
  env: Env,
  ctx: ExecutionContext,
  inspector: Inspector,
): Promise<Response> {
  if (api?.inspector !== inspector) api = { app: createApi(inspector), inspector };
  return api.app.fetch(request, env, ctx);
}
