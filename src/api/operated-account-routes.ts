import { z } from "@hono/zod-openapi";
import { jsonContent, requiredJson } from "../rest/json-content.ts";
import { firstKeysSchema, plan } from "./account-json.ts";
import { operatorRoute } from "./operator-route.ts";
import { nextCursor, pageQuery } from "./pages.ts";
import { quotaBody } from "./quota.ts";
import { quotaSchema } from "./quota-json.ts";

const state = z.enum(["active", "suspended"]);
const name = z.string().trim().min(1).max(200).openapi({ example: "Acme" });
const email = z.email().max(254).openapi({ example: "ops@acme.example" });

export const operatedAccountSchema = z
  .object({
    id: z.string().openapi({ example: "acct_abc123" }),
    name: z.string().openapi({ example: "Acme" }),
    email: z.string().openapi({ example: "ops@acme.example" }),
    plan,
    state,
    suspended_for: z.string().nullable().describe("The operator's reason; null: it is not suspended."),
    created: z.iso.datetime(),
    zones: z.int().openapi({ example: 3 }).describe("How many zones it has, live and test."),
    records: z.int().openapi({ example: 40 }).describe("How many records of ResolveDB it has."),
  })
  .openapi("OperatedAccount");

const withQuota = jsonContent(
  z.object({ account: operatedAccountSchema, quota: quotaSchema }).openapi("OperatedAccountAndQuota"),
);

const params = z.object({
  id: z.string().max(64).openapi({ description: "The account's id.", example: "acct_abc123" }),
});
const account = {
  description: "The account as it is now",
  ...jsonContent(z.object({ account: operatedAccountSchema }).openapi("OperatedAccountAnswer")),
};

export const listAccountsRoute = operatorRoute({
  method: "get",
  path: "/admin/accounts",
  operationId: "listAccounts",
  summary: "List accounts (operator only)",
  description: "Oldest first: those that match all given parameters.",
  request: {
    query: z.object({
      ...pageQuery,
      email: z.string().min(1).max(254).optional().describe("Only the one with this address, in upper or lower case."),
      zone: z.string().min(1).max(64).optional().describe("Only the one that has the zone with this name or id."),
      state: state.optional().describe("Only those in this state."),
      plan: plan.optional().describe("Only those on this plan."),
    }),
  },
  responses: {
    200: {
      description: "Accounts, oldest first",
      ...jsonContent(
        z.object({ accounts: z.array(operatedAccountSchema), next_cursor: nextCursor }).openapi("OperatedAccountList"),
      ),
    },
  },
});

export const readAccountRoute = operatorRoute({
  method: "get",
  path: "/admin/accounts/{id}",
  operationId: "readAccount",
  summary: "Read an account and its quota (operator only)",
  description: "By its id. To find it by address or zone, use the list.",
  request: { params },
  responses: {
    200: {
      description: "The account",
      ...withQuota,
    },
  },
});

export const changeAccountRoute = operatorRoute({
  method: "patch",
  path: "/admin/accounts/{id}",
  operationId: "changeAccount",
  summary: "Change an account's name, email, plan or caps (operator only)",
  description:
    "A plan takes effect on the next call. What an account has beyond a smaller plan stays, but it can create no more.",
  request: {
    params,
    body: requiredJson(
      z
        .strictObject({
          name: name.optional(),
          email: email.optional(),
          plan: plan.optional(),
          quota: quotaBody.optional(),
        })
        .openapi("OperatedAccountChange", { example: { plan: "pro" } }),
    ),
  },
  responses: {
    200: {
      description: "The account as it is now",
      ...withQuota,
    },
  },
  errors: [409],
});

export const suspendRoute = operatorRoute({
  method: "post",
  path: "/admin/accounts/{id}/suspend",
  operationId: "suspendAccount",
  summary: "Suspend an account (operator only)",
  description:
    "Its zones answer 403 with the reason suspended-account, its names s=forbidden; its keys may read, but not change anything. " +
    "Nothing is deleted. Answered when KV has it; isolates that have served the account within the last minute follow within seconds.",
  request: {
    params,
    body: requiredJson(
      z
        .strictObject({ reason: z.string().trim().min(1).max(500).openapi({ example: "unpaid since August" }) })
        .openapi("Suspension"),
    ),
  },
  responses: { 200: account },
  errors: [503],
});

export const resumeRoute = operatorRoute({
  method: "post",
  path: "/admin/accounts/{id}/resume",
  operationId: "resumeAccount",
  summary: "Reactivate a suspended account (operator only)",
  description: "Its zones and names are served again, its keys may change things again.",
  request: { params },
  responses: { 200: account },
  errors: [503],
});

export const signInLinkRoute = operatorRoute({
  method: "post",
  path: "/admin/accounts/{id}/sign-in-link",
  operationId: "makeSignInLink",
  summary: "Make a link that signs in an account's owner at the dashboard (operator only)",
  description:
    "For an owner who cannot get mail at the account's e-mail address. It works once, and signs in as that address: give it to nobody else.",
  request: { params },
  responses: {
    201: {
      description: "The link",
      ...jsonContent(
        z
          .object({
            url: z.string().openapi({ example: "https://dashboard.example/sign-in/link#abc123" }),
            expires: z.iso.datetime(),
          })
          .openapi("SignInLink"),
      ),
    },
  },
  errors: [409],
});

export const recoverRoute = operatorRoute({
  method: "post",
  path: "/admin/accounts/{id}/recover",
  operationId: "recoverAccount",
  summary: "Give an account new keys (operator only)",
  description: "For somebody who has lost all keys, or whose keys were stolen: revoke_keys revokes all that there are.",
  request: { params, body: requiredJson(z.strictObject({ revoke_keys: z.boolean() }).openapi("Recovery")) },
  responses: {
    201: {
      description: "A key of each kind with all scopes. They are shown only this once",
      ...jsonContent(z.object({ account: operatedAccountSchema, keys: firstKeysSchema }).openapi("RecoveredAccount")),
    },
  },
});
