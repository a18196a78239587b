import type { z } from "zod";
import { fieldProblems } from "../rest/field-problems.ts";
import { Problem } from "./errors.ts";

/** What validation found, field by field, below the field that was validated. */
export function invalidRequest(error: z.core.$ZodError, below: readonly string[] = []): Problem {
  return new Problem("invalid_request", { details: fieldProblems(error, below) });
}

/** One field that is refused for a reason of its own. */
export function invalidField(field: string, message: string): Problem {
  return new Problem("invalid_request", { details: [{ field, message }] });
}
