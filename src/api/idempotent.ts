import { z } from "@hono/zod-openapi";
import type { MiddlewareHandler } from "hono";
import { answerOnce } from "../accounts/answer-once.ts";
import type { ApiEnv } from "./context.ts";
import { Problem } from "./errors.ts";
import { invalidField } from "./validation.ts";

const HEADER = "idempotency-key";

/** The header, for the document. {@link idempotent} checks it. */
export const idempotencyHeaders = z.object({
  [HEADER]: z
    .string()
    .optional()
    .describe(
      "1 to 255 visible ASCII characters. A request that repeats another one gets its answer again, for a day.",
    ),
});

/** Does what repeats a request only once. Comes after the guards of a POST, so that nobody else's answer is given. */
export const idempotent: MiddlewareHandler<ApiEnv> = async (c, next) => {
  const idempotencyKey = c.req.header(HEADER);
  if (idempotencyKey === undefined) return next();
  const { caller, now } = c.var;
  const { pathname, search } = new URL(c.req.url);
  const once = await answerOnce(
    c.env.DB,
    {
      idempotencyKey,
      apiKeyId: caller.keyId,
      token: c.req.header("x-rescdn-key")!,
      method: c.req.method,
      target: pathname + search,
      body: await c.req.arrayBuffer(),
    },
    async () => {
      await next();
      return c.res;
    },
    now,
  );
  switch (once.kind) {
    case "answer":
      return once.response;
    case "malformed":
      throw invalidField(HEADER, once.reason);
    case "other-request":
      throw new Problem("idempotency_key_reused");
    case "in-progress":
      throw new Problem("idempotency_in_progress", { headers: { "retry-after": String(once.retryAfter) } });
    default:
      return once satisfies never;
  }
};
