import { HTTPException } from "hono/http-exception";
import { log } from "../../log/log.ts";
import { diskTrouble } from "../../rest/disk-trouble.ts";
import type { FieldProblem } from "../../rest/field-problems.ts";

/**
 * Every error of the API: its status, its code, its sentence. The contract lists the codes. Four more cover what it does not
 * mention: a method, a repeated request, a body's size and its type.
 */
const PROBLEMS = {
  invalid_json: [400, "validation_error", "The request body is not valid JSON"],
  unauthenticated: [401, "authentication_error", "The API key is missing or not valid"],
  forbidden: [403, "authorization_error", "The API key lacks required permissions"],
  account_suspended: [
    403,
    "authorization_error",
    "The account is suspended: its keys may read, but not change anything",
  ],
  quota_exceeded: [403, "quota_exceeded", "The account has as many records as its plan allows"],
  not_found: [404, "not_found", "The requested resource does not exist"],
  method_not_allowed: [405, "method_not_allowed", "This resource does not have this method"],
  in_progress: [409, "conflict", "The first request with this Idempotency-Key is still being worked on: try again"],
  body_too_large: [413, "body_too_large", "The request body is larger than 64 KiB"],
  unsupported_media_type: [415, "unsupported_media_type", "The request body must be application/json"],
  invalid_body: [422, "validation_error", "The request body contains invalid data"],
  invalid_parameters: [422, "validation_error", "The request contains invalid parameters"],
  not_empty: [422, "validation_error", "The namespace still has records: delete them first"],
  rate_limited: [429, "rate_limit_exceeded", "Too many requests"],
  internal: [500, "server_error", "Internal server error"],
  busy: [503, "server_error", "Somebody else is changing this resource right now: try again"],
  disk_refuses: [503, "server_error", "The server's disk accepts no writes at the moment: try this again later"],
  disk_full: [507, "server_error", "The server's disk is full: try this again when its operator has freed some space"],
  not_published: [503, "server_error", "The change is saved and will be published, but readers cannot see it yet"],
} as const satisfies Record<string, readonly [status: number, code: string, sentence: string]>;

export type ProblemKind = keyof typeof PROBLEMS;

/** Thrown wherever the API refuses a request. */
export class RestProblem extends Error {
  readonly kind: ProblemKind;
  readonly details: readonly FieldProblem[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    kind: ProblemKind,
    more: { sentence?: string; details?: readonly FieldProblem[]; headers?: Record<string, string> } = {},
  ) {
    super(more.sentence ?? PROBLEMS[kind][2]);
    this.kind = kind;
    this.details = more.details ?? [];
    this.headers = more.headers ?? {};
  }

  body() {
    return { error: { code: PROBLEMS[this.kind][1], message: this.message, details: [...this.details] } };
  }

  toResponse(): Response {
    return Response.json(this.body(), { status: PROBLEMS[this.kind][0], headers: this.headers });
  }
}

/** One field of the body is refused for its own reason. */
export function invalidField(field: string, message: string): RestProblem {
  return new RestProblem("invalid_body", { details: [{ field, message }] });
}

/** The problem for an error. An unexpected error is logged, and its details are not shown. */
export async function problemOf(error: unknown, requestId: string, disk: Fetcher | undefined): Promise<RestProblem> {
  if (error instanceof RestProblem) return error;
  if (error instanceof HTTPException && error.status === 400) return new RestProblem("invalid_json");
  if (error instanceof HTTPException && error.status === 415) return new RestProblem("unsupported_media_type");
  const trouble = await diskTrouble(error, disk);
  if (trouble !== null) return new RestProblem(trouble, { headers: { "retry-after": "60" } });
  log("api_error", { request_id: requestId, error });
  return new RestProblem("internal");
}
