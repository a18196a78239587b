import { type OpenAPIHono, z } from "@hono/zod-openapi";
import { PLAN_NAMES, PLANS, type Plan } from "../../accounts/plans.ts";
import { isoSeconds } from "../../db/iso-seconds.ts";
import type { RestEnv } from "../../rest/context.ts";
import { jsonContent } from "../../rest/json-content.ts";
import { route } from "./route.ts";

const meRoute = route({
  method: "get",
  path: "/api/v1/me",
  operationId: "me",
  summary: "Get the current user",
  description: "Whose key it is, how many records there are, and how many the plan allows.",
  tags: ["Account"],
  scope: "read",
  responses: {
    200: {
      description: "The user whose key this is",
      ...jsonContent(
        z
          .object({
            user: z
              .object({
                id: z.string().openapi({ example: "usr_abc123" }),
                email: z.string().openapi({ example: "ops@acme.example" }),
                name: z.string().openapi({ example: "Acme" }),
                plan: z.enum(PLAN_NAMES),
                records_count: z.int().openapi({ example: 1 }),
                records_limit: z.int().nullable().describe("Null: unlimited."),
                created_at: z.iso.datetime(),
              })
              .openapi("User"),
          })
          .openapi("UserAnswer"),
      ),
    },
  },
});

/** Adds `/api/v1/me` to the API. */
export function addMe(app: OpenAPIHono<RestEnv>): void {
  app.openapi(meRoute, async (c) => {
    const user = await c.env.DB.prepare(
      `SELECT id, email, name, plan, created_at AS createdAt,
              (SELECT COUNT(*) FROM records WHERE account_id = accounts.id AND state <> 'deleted') AS records
       FROM accounts WHERE id = ?1`,
    )
      .bind(c.var.caller.account)
      .first<{ id: string; email: string; name: string; plan: Plan; createdAt: number; records: number }>();
    if (user === null) throw new Error(`no account ${c.var.caller.account}, which its key refers to`);
    const { email, name, plan, records, createdAt } = user;
    return c.json(
      {
        user: {
          // An account has one user; their ids share the random part.
          id: user.id.replace(/^acct_/, "usr_"),
          email,
          name,
          plan,
          records_count: records,
          records_limit: PLANS[plan].resolvedb.records,
          created_at: isoSeconds(createdAt),
        },
      },
      200,
    );
  });
}
