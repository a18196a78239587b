import { IDEMPOTENCY_KEY, idempotentBy } from "../rest/idempotent.ts";
import { Problem } from "./errors.ts";
import { invalidField } from "./validation.ts";

/** Carries out a repeated request only once. Comes after the guards of a POST. */
export const idempotent = idempotentBy({
  token: (c) => c.req.header("x-rescdn-key") ?? null,
  malformed: (reason) => invalidField(IDEMPOTENCY_KEY, reason),
  otherRequest: () => new Problem("idempotency_key_reused"),
  inProgress: (headers) => new Problem("idempotency_in_progress", { headers }),
  tooMany: (sentence, headers) => new Problem("rate_limited", { sentence, headers }),
});
