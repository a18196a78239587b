import { z } from "@hono/zod-openapi";
import { PLAN_NAMES } from "../accounts/plans.ts";

export const plan = z.enum(PLAN_NAMES).openapi({ example: "pro" });

/** An account as the API shows it. */
export const accountSchema = z
  .object({
    id: z.string().openapi({ example: "acct_abc123" }),
    name: z.string().openapi({ example: "Acme" }),
    email: z.string().openapi({ example: "ops@acme.example" }),
    plan,
    created: z.iso.datetime(),
  })
  .openapi("Account");

/** The keys of an account that were made together. */
export const firstKeysSchema = z
  .object({
    live: z.string().openapi({ example: "rk_live_abcd…" }),
    test: z.string().openapi({ example: "rk_test_abcd…" }),
    resolvedb: z.string().openapi({ example: "rdb_live_abcd…" }),
  })
  .openapi("FirstKeys");
