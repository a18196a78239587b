import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { createAccount, EmailTaken } from "../accounts/create-account.ts";
import { isoSeconds } from "../db/iso-seconds.ts";
import type { RestEnv } from "../rest/context.ts";
import { jsonContent, requiredJson } from "../rest/json-content.ts";
import { knownNames } from "../rest/known-names.ts";
import { knownParameters } from "../rest/known-parameters.ts";
import { accountSchema, firstKeysSchema, plan } from "./account-json.ts";
import { documentedErrors } from "./documented-errors.ts";
import { Problem } from "./errors.ts";
import { limitBody, requireOperator } from "./guards.ts";
import { operatorRequest } from "./operator-request.ts";

const createAccountRoute = createRoute({
  method: "post",
  path: "/admin/accounts",
  operationId: "createAccount",
  summary: "Create an account (operator only)",
  description: "It gets a key of each kind, with all scopes. An e-mail address can have only one account.",
  tags: ["Operator"],
  security: [{ operator: [] }],
  middleware: limitBody,
  request: {
    query: knownParameters(undefined),
    body: requiredJson(
      knownNames({
        name: z.string().trim().min(1).max(200).openapi({ example: "Acme" }),
        email: z.email().max(254).openapi({ example: "ops@acme.example" }),
        plan: plan.default("free"),
      }).openapi("NewAccount"),
    ),
  },
  responses: {
    201: {
      description: "Created. The keys are shown only this once",
      ...jsonContent(
        z
          .object({
            account: accountSchema,
            keys: firstKeysSchema,
          })
          .openapi("CreatedAccount"),
      ),
    },
    ...documentedErrors(400, 401, 404, 409, 413, 415, 422, 429, 500),
  },
});

/** Adds the operator's calls to the API. */
export function addAdmin(app: OpenAPIHono<RestEnv>): void {
  app.use("/admin/*", requireOperator);
  app.openapi(createAccountRoute, async (c) => {
    const { account, keys } = await createAccount(c.env.DB, c.req.valid("json"), c.var.now, operatorRequest(c)).catch(
      (error: unknown) => {
        throw error instanceof EmailTaken ? new Problem("email_taken", { sentence: error.message }) : error;
      },
    );
    const { createdAt, ...shown } = account;
    return c.json({ account: { ...shown, created: isoSeconds(createdAt) }, keys }, 201);
  });
}
