import { z } from "@hono/zod-openapi";
import { documentErrors } from "../../rest/document-errors.ts";
import { type ProblemKind, RestProblem } from "./errors.ts";

const error = z
  .object({
    error: z
      .object({
        code: z
          .enum([
            "authentication_error",
            "authorization_error",
            "validation_error",
            "not_found",
            "rate_limit_exceeded",
            "quota_exceeded",
            "server_error",
            "method_not_allowed",
            "conflict",
            "body_too_large",
            "unsupported_media_type",
          ])
          .describe("What is wrong, in a word that does not change."),
        message: z.string().describe("The same, in a sentence."),
        details: z
          .array(
            z
              .object({ field: z.string().openapi({ example: "record.key" }), message: z.string() })
              .openapi("FieldProblem"),
          )
          .describe("Field by field, for a validation_error; otherwise empty."),
      })
      .openapi("Problem"),
  })
  .openapi("Error");

const MEANINGS = {
  400: "The body is not JSON",
  401: "Missing or invalid API key",
  403: "The API key lacks a scope, the namespace is another account's or reserved, or the plan's limit is reached",
  404: "There is no such resource in this account",
  409: "The first request with this Idempotency-Key is still being worked on",
  413: "The body is larger than 64 KiB",
  415: "The body is not application/json",
  422: "Fields or parameters are missing or wrong; a key that is taken",
  429: "Rate limit exceeded",
  500: "Internal server error",
  503: "Saved, but not published yet; or changed by somebody else at the same time",
} as const;

/** The example for each status in the document. */
const TYPICAL = {
  400: "invalid_json",
  401: "unauthenticated",
  403: "forbidden",
  404: "not_found",
  409: "in_progress",
  413: "body_too_large",
  415: "unsupported_media_type",
  422: "invalid_body",
  429: "rate_limited",
  500: "internal",
  503: "not_published",
} as const satisfies Record<keyof typeof MEANINGS, ProblemKind>;

function exampleOf(status: keyof typeof MEANINGS) {
  const details = status === 422 ? [{ field: "record.key", message: "is required" }] : [];
  return new RestProblem(TYPICAL[status], { details }).body();
}

/** The `responses` of a route for its errors. */
export const documentedErrors = documentErrors(error, MEANINGS, exampleOf);
