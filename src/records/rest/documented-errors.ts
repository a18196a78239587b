import { z } from "@hono/zod-openapi";
import { documentErrors } from "../../rest/document-errors.ts";

const error = z
  .object({
    error: z.object({
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
        .describe("What is wrong, as a word that does not change."),
      message: z.string().describe("The same in a sentence."),
      details: z
        .array(z.object({ field: z.string().openapi({ example: "record.key" }), message: z.string() }))
        .describe("Field by field, for a validation_error; else empty."),
    }),
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
  503: "Kept, but not published yet; or changed by others at the same time",
} as const;

/** The `responses` of a route for errors. */
export const documentedErrors = documentErrors(error, MEANINGS);
