import type { z } from "zod";

type Issue = z.core.$ZodRawIssue;

const KINDS: Readonly<Record<string, string>> = {
  string: "a string",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "an object",
  null: "null",
};

const FORMATS: Readonly<Record<string, string>> = {
  datetime: "a date and time in ISO 8601, such as 2025-12-31T23:59:59Z",
  email: "an e-mail address",
};

/**
 * What validation found, for people: the predicate of a sentence whose subject is the field. Schemas need messages of their own
 * only if these do not say enough.
 */
export function saidOf(issue: Issue): string {
  switch (issue.code) {
    case "invalid_type":
      return typeProblem(isWhole(issue) ? "int" : issue.expected, issue.input);
    case "invalid_value":
      return issue.input === undefined ? "is required" : `must be ${alternatives(issue.values)}`;
    case "too_small":
      return `must ${issue.minimum === 1 && issue.origin in UNITS ? "not be empty" : bound(issue.origin, "at least", issue.minimum)}`;
    case "too_big":
      return `must ${bound(issue.origin, "at most", issue.maximum)}`;
    case "invalid_format":
      return `must be ${FORMATS[issue.format] ?? "in the expected format"}`;
    case "invalid_key":
      return issue.issues.map(({ message }) => message).join(", and ");
    case "unrecognized_keys":
      return "is not a known name";
    default:
      return "is not valid";
  }
}

function isWhole({ inst }: Issue): boolean {
  return (inst?._zod.def as { format?: string } | undefined)?.format === "safeint";
}

function typeProblem(expected: string, input: unknown): string {
  if (input === undefined) return "is required";
  // Most often a query with a repeated parameter.
  if (Array.isArray(input) && expected !== "object" && expected !== "record")
    return "must be given once, not as a list";
  return `must be ${KINDS[expected] ?? "of another type"}`;
}

/** Such as `"css", "js" or null`. */
export function alternatives(values: readonly unknown[]): string {
  const spelled = values.map((value) => JSON.stringify(value) ?? String(value));
  return spelled.length < 2 ? spelled.join() : `${spelled.slice(0, -1).join(", ")} or ${spelled.at(-1)}`;
}

const UNITS: Readonly<Record<string, string>> = { string: "characters", array: "entries", set: "entries" };

function bound(origin: string, word: string, value: unknown): string {
  const unit = UNITS[origin];
  return unit === undefined ? `be ${word} ${value}` : `have ${word} ${value} ${unit}`;
}
