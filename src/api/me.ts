import { type OpenAPIHono, z } from "@hono/zod-openapi";
import { readAccount } from "../accounts/account.ts";
import { findKey } from "../accounts/key-rows.ts";
import { PLANS } from "../accounts/plans.ts";
import { isoSeconds } from "../db/iso-seconds.ts";
import type { Person } from "../people/person.ts";
import { ROLES, type Role } from "../people/roles.ts";
import type { RestEnv } from "../rest/context.ts";
import { jsonContent } from "../rest/json-content.ts";
import { accountSchema } from "./account-json.ts";
import { Problem } from "./errors.ts";
import { KEY_CHALLENGE } from "./guards.ts";
import { keyJson, keySchema } from "./key-json.ts";
import { route } from "./route.ts";

const limited = z
  .object({ limit: z.int().openapi({ example: 100 }), in_use: z.int().openapi({ example: 3 }) })
  .openapi("Allowed");

const meRoute = route({
  method: "get",
  path: "/v1/me",
  operationId: "me",
  summary: "Whose key this is, what it may do, and the limits of the plan",
  description: "Any valid key may call this, whatever its scopes: a client can check its key with it.",
  tags: ["Keys"],
  scope: null,
  responses: {
    200: {
      description: "Account, key and limits",
      ...jsonContent(
        z
          .object({
            account: accountSchema,
            key: z.union([keySchema, z.null()]).describe("Null: the caller is a person who is signed in."),
            person: z
              .object({
                id: z.string().openapi({ example: "person_abc123" }),
                email: z.string().openapi({ example: "ada@example.com" }),
                name: z.string().openapi({ example: "Ada" }),
                role: z.enum(ROLES),
              })
              .openapi("ActingPerson")
              .optional(),
            limits: z
              .object({
                requests_per_minute: z.int().openapi({ example: 100 }).describe("For each key, in any 60 seconds."),
                zones: limited,
                keys: limited,
              })
              .openapi("PlanLimits"),
          })
          .openapi("Me"),
      ),
    },
  },
});

/** Adds `/v1/me` to the API. */
export function addMe(app: OpenAPIHono<RestEnv>): void {
  app.openapi(meRoute, async (c) => {
    const { caller, now } = c.var;
    const [account, key] = await Promise.all([
      readAccount(c.env.DB, caller, now),
      caller.person === undefined ? findKey(c.env.DB, caller, caller.keyId, now) : null,
    ]);
    // The key was revoked after the call was let in.
    if (key === null && caller.person === undefined)
      throw new Problem("unauthenticated", { headers: { "www-authenticate": KEY_CHALLENGE } });
    const { id, name, email, plan } = account;
    const limits = PLANS[plan].rescdn;
    return c.json(
      {
        account: { id, name, email, plan, created: isoSeconds(account.createdAt) },
        key: key && keyJson(key),
        ...(caller.person !== undefined && { person: personJson(caller.person) }),
        limits: {
          requests_per_minute: limits.requests,
          zones: { limit: limits.zones, in_use: account.zones },
          keys: { limit: limits.keys, in_use: account.keys },
        },
      },
      200,
    );
  });
}

function personJson({ id, email, name, role }: Person & { role: Role }) {
  return { id, email, name, role };
}
