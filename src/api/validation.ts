import type { z } from "zod";
import { type FieldProblem, Problem } from "./errors.ts";

/** What validation found, field by field, below the field that was validated. */
export function invalidRequest(error: z.core.$ZodError, below: readonly string[] = []): Problem {
  return new Problem("invalid_request", { details: error.issues.flatMap((issue) => fieldProblems(issue, below)) });
}

function fieldProblems(issue: z.core.$ZodIssue, below: readonly string[]): FieldProblem[] {
  const at = (path: readonly PropertyKey[]) => [...below, ...path].map(String).join(".");
  if (issue.code !== "unrecognized_keys") return [{ field: at(issue.path), message: issue.message }];
  return issue.keys.map((key) => ({ field: at([...issue.path, key]), message: "is not a known name" }));
}

/** One field that is refused for a reason of its own. */
export function invalidField(field: string, message: string): Problem {
  return new Problem("invalid_request", { details: [{ field, message }] });
}
