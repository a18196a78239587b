import { z } from "@hono/zod-openapi";
import { documentErrors } from "../rest/document-errors.ts";
import { Problem, type ProblemCode } from "./errors.ts";

const error = z
  .object({
    error: z.string().describe("What is wrong, in a sentence."),
    code: z.string().describe("The same in a word that does not change."),
    details: z.array(z.object({ field: z.string(), message: z.string() }).openapi("FieldProblem")).optional(),
    request_id: z.string().describe("As in X-Request-Id."),
  })
  .openapi("Error");

const MEANINGS = {
  400: "The body is not JSON",
  401: "Missing or invalid API key",
  403: "Key lacks permission for this resource, or the plan allows no more",
  404: "Zone or resource not found",
  409: "It conflicts with something that exists",
  412: "It has changed since it was read",
  413: "The body is too large",
  415: "The body is not application/json",
  422: "Fields are missing or wrong",
  429: "Rate limit exceeded",
  500: "Internal server error",
  503: "Saved, but not published yet; or this deployment cannot keep secrets",
} as const;

/** The example for each status in the document. */
const TYPICAL = {
  400: "invalid_json",
  401: "unauthenticated",
  403: "forbidden",
  404: "not_found",
  409: "conflict",
  412: "precondition_failed",
  413: "body_too_large",
  415: "unsupported_media_type",
  422: "invalid_request",
  429: "rate_limited",
  500: "internal",
  503: "not_published",
} as const satisfies Record<keyof typeof MEANINGS, ProblemCode>;

function exampleOf(status: keyof typeof MEANINGS) {
  const details = status === 422 ? [{ field: "name", message: "is required" }] : [];
  return new Problem(TYPICAL[status], { details }).body("req_abc123");
}

/** The `responses` of a route for its errors. */
export const documentedErrors = documentErrors(error, MEANINGS, exampleOf);
