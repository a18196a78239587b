import { IDEMPOTENCY_KEY, idempotentBy } from "../../rest/idempotent.ts";
import { bearerToken } from "./bearer-token.ts";
import { invalidField, RestProblem } from "./errors.ts";

/** Carries out a repeated request only once. Comes after the guards of a POST. */
export const idempotent = idempotentBy({
  token: (c) => bearerToken(c.req.raw.headers),
  malformed: (reason) => invalidField(IDEMPOTENCY_KEY, reason),
  otherRequest: () => invalidField(IDEMPOTENCY_KEY, "belongs to another request: use a new one for each"),
  inProgress: (headers) => new RestProblem("in_progress", { headers }),
  tooMany: (sentence, headers) => new RestProblem("rate_limited", { sentence, headers }),
});
