import { HTTPException } from "hono/http-exception";
import { log } from "../log/log.ts";
import { diskTrouble } from "../rest/disk-trouble.ts";
import type { FieldProblem } from "../rest/field-problems.ts";

/** Every error of the API: its status and its sentence. */
const PROBLEMS = {
  invalid_json: [400, "the request body is not valid JSON"],
  unauthenticated: [401, "authentication required"],
  forbidden: [403, "this key may not do this"],
  account_suspended: [403, "the account is suspended: its keys may read, but not change anything"],
  limit_reached: [403, "the plan allows no more of these"],
  not_found: [404, "there is nothing at this path: /docs/api shows what there is"],
  method_not_allowed: [405, "this resource does not have this method"],
  name_taken: [409, "a zone with this name already exists"],
  hostname_taken: [409, "one of your zones already has this hostname"],
  email_taken: [409, "an account with this e-mail address already exists"],
  conflict: [409, "somebody else is changing the zone right now: try again"],
  key_expired: [409, "the key has expired: create a new one"],
  key_rotated: [409, "the key has already been rotated: rotate the one that replaced it"],
  signing_keys_full: [409, "a zone has two signing keys at most: delete the one that you no longer sign with"],
  no_bucket: [
    409,
    "the origin of this zone is a server, not a bucket: first set it to a bucket, if this deployment has one",
  ],
  no_signing_key: [409, "the zone has no key to sign with: create one at /v1/zones/:id/signing-keys"],
  tail_full: [
    409,
    "five clients are already listening to this zone, and no more may: try again when one of them has stopped",
  ],
  no_log_target: [409, "the zone's logs are not delivered anywhere yet: set settings.logs.target first"],
  precondition_failed: [
    412,
    "this has changed since it was read: read it again and repeat the change with its new ETag",
  ],
  idempotency_in_progress: [409, "the first request with this Idempotency-Key is still being worked on; try again"],
  body_too_large: [413, "the request body is larger than 64 KiB"],
  length_unknown: [400, "a body above 1 MiB must state its length (Content-Length)"],
  unsupported_media_type: [415, "the request body must be application/json"],
  invalid_request: [422, "the request is not valid"],
  idempotency_key_reused: [422, "this Idempotency-Key belongs to another request: use a new one for each"],
  rate_limited: [429, "rate limit exceeded"],
  internal: [500, "internal server error"],
  disk_refuses: [503, "this server's disk accepts no writes at the moment: reading still works, try this again later"],
  disk_full: [
    507,
    "this server's disk is full: reading still works, try this again when its operator has freed some space",
  ],
  no_keyring: [503, "this deployment cannot keep secrets: its operator must set SECRETS_KEY"],
  not_published: [503, "the change is saved and will be published, but the edge does not know it yet"],
} as const satisfies Record<string, readonly [status: number, sentence: string]>;

export type ProblemCode = keyof typeof PROBLEMS;

/** Thrown wherever the API refuses a request. */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly details: readonly FieldProblem[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: ProblemCode,
    more: { sentence?: string; details?: readonly FieldProblem[]; headers?: Record<string, string> } = {},
  ) {
    super(more.sentence ?? PROBLEMS[code][1]);
    this.code = code;
    this.details = more.details ?? [];
    this.headers = more.headers ?? {};
  }

  body(requestId: string) {
    const { message, code, details } = this;
    return { error: message, code, ...(details.length > 0 && { details: [...details] }), request_id: requestId };
  }

  toResponse(requestId: string): Response {
    return Response.json(this.body(requestId), { status: PROBLEMS[this.code][0], headers: this.headers });
  }
}

/** The problem for an error. An unexpected error is logged, and its details are not shown. */
export async function problemOf(error: unknown, requestId: string, disk: Fetcher | undefined): Promise<Problem> {
  if (error instanceof Problem) return error;
  if (error instanceof HTTPException && error.status === 400) return new Problem("invalid_json");
  if (error instanceof HTTPException && error.status === 415) return new Problem("unsupported_media_type");
  const trouble = await diskTrouble(error, disk);
  if (trouble !== null) return new Problem(trouble, { headers: { "retry-after": "60" } });
  log("api_error", { request_id: requestId, error });
  return new Problem("internal");
}
