import { z } from "@hono/zod-openapi";
import type { MiddlewareHandler } from "hono";
import { answerOnce } from "../accounts/answer-once.ts";
import { TOO_MANY_RETRY_SECONDS } from "../accounts/idempotency-keys.ts";
import type { RestContext, RestEnv } from "./context.ts";

/** The header's name, for problems that name it. */
export const IDEMPOTENCY_KEY = "Idempotency-Key";

/** The header, for the document. {@link idempotentBy} checks it. */
export const idempotencyHeaders = z.object({
  [IDEMPOTENCY_KEY]: z
    .string()
    .optional()
    .describe(
      "1 to 255 visible ASCII characters. For a day, a request that repeats another one gets the same answer again.",
    ),
});

/** How an API reads its key, and what it answers to an Idempotency-Key that cannot be served. */
export interface IdempotencyRules {
  /** The API key as it was sent, or a session's cookie: stored answers are sealed with it. */
  token(c: RestContext): string | null;
  malformed(reason: string): Error;
  otherRequest(): Error;
  inProgress(headers: { "retry-after": string }): Error;
  tooMany(sentence: string, headers: { "retry-after": string }): Error;
}

/** Carries out a repeated request only once. Comes after the guards of a POST, so that nobody gets another's answer. */
export function idempotentBy(rules: IdempotencyRules): MiddlewareHandler<RestEnv> {
  return async (c, next) => {
    const idempotencyKey = c.req.header(IDEMPOTENCY_KEY);
    const { caller, now } = c.var;
    const token = rules.token(c) ?? caller.person?.cookie ?? null;
    if (idempotencyKey === undefined || token === null) return next();
    const { pathname, search } = new URL(c.req.url);
    const { method } = c.req;
    const body = await c.req.arrayBuffer();
    const once = await answerOnce(
      c.env.DB,
      {
        idempotencyKey,
        // A signed-in person may act for several accounts, and for their test zones.
        apiKeyId: caller.person ? `${caller.person.session} ${caller.account} ${caller.mode}` : caller.keyId,
        account: caller.account,
        plan: caller.plan,
        token,
        method,
        target: pathname + search,
        body,
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
        throw rules.malformed(once.reason);
      case "other-request":
        throw rules.otherRequest();
      case "in-progress":
        throw rules.inProgress({ "retry-after": String(once.retryAfter) });
      case "too-many":
        throw rules.tooMany(
          `This account has used ${once.rows} Idempotency-Keys within 24 hours, as many as its plan allows: send this one later, or without the header`,
          { "retry-after": String(TOO_MANY_RETRY_SECONDS) },
        );
      default:
        return once satisfies never;
    }
  };
}
