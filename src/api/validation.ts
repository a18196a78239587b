import type { z } from "zod";
import { fieldProblems } from "../rest/field-problems.ts";
import { Problem } from "./errors.ts";

/** What validation found, field by field, with paths below the validated field. */
export function invalidRequest(error: z.core.$ZodError, below: readonly string[] = []): Problem {
  return new Problem("invalid_request", { details: fieldProblems(error, below) });
}

/** One field is refused for its own reason. */
export function invalidField(field: string, message: string): Problem {
  return new Problem("invalid_request", { details: [{ field, message }] });
}
