import { z } from "@hono/zod-openapi";
import { documentErrors } from "../rest/document-errors.ts";

const error = z
  .object({
    error: z.string().describe("What is wrong, in a sentence."),
    code: z.string().describe("The same as a word that does not change."),
    details: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
    request_id: z.string().describe("As in X-Request-Id."),
  })
  .openapi("Error");

const MEANINGS = {
  400: "The body is not JSON",
  401: "Missing or invalid API key",
  403: "Key lacks permission for this resource, or the plan allows no more",
  404: "Zone or resource not found",
  409: "In conflict with what exists",
  412: "A precondition failed: it has changed since it was read",
  413: "The body is too large",
  415: "The body is not application/json",
  422: "Fields are missing or wrong",
  429: "Rate limit exceeded",
  500: "Internal server error",
  503: "Kept, but not published yet",
} as const;

/** The `responses` of a route for errors. */
export const documentedErrors = documentErrors(error, MEANINGS);
