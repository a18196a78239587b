import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { createAccount, EmailTaken } from "../accounts/create-account.ts";
import { PLAN_NAMES } from "../accounts/plans.ts";
import { isoSeconds } from "../db/iso-seconds.ts";
import { addressOf } from "../rest/actor-of.ts";
import type { RestEnv } from "../rest/context.ts";
import { jsonContent, requiredJson } from "../rest/json-content.ts";
import { knownNames } from "../rest/known-names.ts";
import { knownParameters } from "../rest/known-parameters.ts";
import { documentedErrors } from "./documented-errors.ts";
import { Problem } from "./errors.ts";
import { limitBody, requireOperator } from "./guards.ts";

const plan = z.enum(PLAN_NAMES);

const createAccountRoute = createRoute({
  method: "post",
  path: "/admin/accounts",
  operationId: "createAccount",
  summary: "Create an account (operator only)",
  tags: ["Operator"],
  security: [{ operator: [] }],
  middleware: limitBody,
  request: {
    query: knownParameters(undefined),
    body: requiredJson(
      knownNames({
        name: z.string().trim().min(1).max(200),
        email: z.email().max(254),
        plan: plan.default("free"),
      }),
    ),
  },
  responses: {
    201: {
      description: "Created. Keys are shown this once",
      ...jsonContent(
        z.object({
          account: z.object({
            id: z.string(),
            name: z.string(),
            email: z.string(),
            plan,
            created: z.iso.datetime(),
          }),
          keys: z.object({ live: z.string(), test: z.string(), resolvedb: z.string() }),
        }),
      ),
    },
    ...documentedErrors(400, 401, 404, 409, 413, 415, 422, 429, 500),
  },
});

/** Adds the operator's calls to the API. */
export function addAdmin(app: OpenAPIHono<RestEnv>): void {
  app.use("/admin/*", requireOperator);
  app.openapi(createAccountRoute, async (c) => {
    const { requestId, now } = c.var;
    const by = { address: addressOf(c), requestId };
    const { account, keys } = await createAccount(c.env.DB, c.req.valid("json"), now, by).catch((error: unknown) => {
      throw error instanceof EmailTaken ? new Problem("email_taken", { sentence: error.message }) : error;
    });
    const { createdAt, ...shown } = account;
    return c.json({ account: { ...shown, created: isoSeconds(createdAt) }, keys }, 201);
  });
}
