import { z } from "zod";
import { saidOf } from "./said-of.ts";

/** What is wrong with one field of a request, named by its path, such as `settings.ttl.css`. */
export interface FieldProblem {
  field: string;
  message: string;
}

// Each isolate has one of these; what a schema says itself comes first.
z.config({ localeError: saidOf });

/** What validation found, field by field, below the field that was validated; the whole body is called `body`. */
export function fieldProblems(error: z.core.$ZodError, below: readonly string[] = []): FieldProblem[] {
  const found = error.issues.filter((issue) => !isSafeBound(issue)).flatMap((issue) => problemsOf(issue, below));
  const unsafe = error.issues.filter(isSafeBound).flatMap((issue) => problemsOf(issue, below));
  return firstOfEach(withMore(found, unsafe));
}

/** Of a number that no computer holds exactly. A bound of the field's own says more. */
function isSafeBound(issue: z.core.$ZodIssue): boolean {
  return issue.code === "too_big" && issue.maximum === Number.MAX_SAFE_INTEGER;
}

/** One sentence for each field. */
function firstOfEach(problems: readonly FieldProblem[]): FieldProblem[] {
  return [...new Map(problems.toReversed().map((problem) => [problem.field, problem])).values()].reverse();
}

/** What was found, and what else is wrong with fields of which nothing has been said yet. */
export function withMore(found: readonly FieldProblem[], more: readonly FieldProblem[]): FieldProblem[] {
  const said = new Set(found.map(({ field }) => field));
  const isSaid = (field: string) => said.has(field) || said.has(field.slice(0, field.lastIndexOf(".")));
  return [...found, ...more.filter(({ field }) => !isSaid(field))];
}

function problemsOf(issue: z.core.$ZodIssue, below: readonly PropertyKey[]): FieldProblem[] {
  const path = [...below, ...issue.path];
  const at = (names: readonly PropertyKey[]) => names.map(String).join(".") || "body";
  switch (issue.code) {
    case "unrecognized_keys": {
      const messages = issue.message.split("\n");
      return issue.keys.map((key, index) => ({ field: at([...path, key]), message: messages[index] ?? messages[0]! }));
    }
    case "invalid_union": {
      // Where a value is of one of the types, what is wrong inside it says more than what else it could be.
      const inside = issue.errors.find((issues) => issues.length > 0 && issues.every((inner) => inner.path.length > 0));
      return inside?.flatMap((inner) => problemsOf(inner, path)) ?? [{ field: at(path), message: issue.message }];
    }
    default:
      return [{ field: at(path), message: issue.message }];
  }
}
