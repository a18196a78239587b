import { z } from "@hono/zod-openapi";
import type { MiddlewareHandler } from "hono";
import { answerOnce } from "../../accounts/answer-once.ts";
import { bearerToken } from "./bearer-token.ts";
import type { RestEnv } from "./context.ts";
import { invalidField, RestProblem } from "./errors.ts";

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

/** Does what repeats a request only once, as `/v1` does. Comes after the guards of a POST. */
export const idempotent: MiddlewareHandler<RestEnv> = async (c, next) => {
  const idempotencyKey = c.req.header(HEADER);
  const token = bearerToken(c.req.raw.headers);
  if (idempotencyKey === undefined || token === null) return next();
  const { pathname, search } = new URL(c.req.url);
  const { method } = c.req;
  const body = await c.req.arrayBuffer();
  const once = await answerOnce(
    c.env.DB,
    { idempotencyKey, apiKeyId: c.var.caller.keyId, token, method, target: pathname + search, body },
    async () => {
      await next();
      return c.res;
    },
    c.var.now,
  );
  switch (once.kind) {
    case "answer":
      return once.response;
    case "malformed":
      throw invalidField(HEADER, once.reason);
    case "other-request":
      throw invalidField(HEADER, "belongs to another request: use a new one for each");
    case "in-progress":
      throw new RestProblem("in_progress", { headers: { "retry-after": String(once.retryAfter) } });
    default:
      return once satisfies never;
  }
};
