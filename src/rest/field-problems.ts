import { z } from "zod";
import { saidOf } from "./said-of.ts";

/** What is wrong with one field of a request, named by its path, such as `settings.ttl.css`. */
export interface FieldProblem {
  field: string;
  message: string;
}

// Set once per isolate. A schema's own messages take precedence.
z.config({ localeError: saidOf });

/** What validation found, field by field, with paths below the validated field; the whole body is called `body`. */
export function fieldProblems(error: z.core.$ZodError, below: readonly string[] = []): FieldProblem[] {
  const found = error.issues.filter((issue) => !isSafeBound(issue)).flatMap((issue) => problemsOf(issue, below));
  const unsafe = error.issues.filter(isSafeBound).flatMap((issue) => problemsOf(issue, below));
  return firstOfEach(withMore(found, unsafe));
}

/** A number beyond what computers represent exactly. The field's own bound says more. */
function isSafeBound(issue: z.core.$ZodIssue): boolean {
  return issue.code === "too_big" && issue.maximum === Number.MAX_SAFE_INTEGER;
}

/** One sentence per field. */
function firstOfEach(problems: readonly FieldProblem[]): FieldProblem[] {
  return [...new Map(problems.toReversed().map((problem) => [problem.field, problem])).values()].reverse();
}

/** What was found, and further problems of fields that have none yet. */
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
      // If a value has one of the types, a problem inside it says more than the other possibilities.
      const inside = issue.errors.find((issues) => issues.length > 0 && issues.every((inner) => inner.path.length > 0));
      return inside?.flatMap((inner) => problemsOf(inner, path)) ?? [{ field: at(path), message: issue.message }];
    }
    default:
      return [{ field: at(path), message: issue.message }];
  }
}
