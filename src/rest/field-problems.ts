import type { z } from "zod";

/** What is wrong with one field of a request, named by its path, such as `settings.ttl.css`. */
export interface FieldProblem {
  field: string;
  message: string;
}

/** What validation found, field by field, below the field that was validated. */
export function fieldProblems(error: z.core.$ZodError, below: readonly string[] = []): FieldProblem[] {
  const at = (path: readonly PropertyKey[]) => [...below, ...path].map(String).join(".");
  return error.issues.flatMap((issue) => {
    if (issue.code !== "unrecognized_keys") return [{ field: at(issue.path), message: issue.message }];
    return issue.keys.map((key) => ({ field: at([...issue.path, key]), message: "is not a known name" }));
  });
}
