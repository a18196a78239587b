import { z } from "@hono/zod-openapi";

/**
 * An object that may have no other names than these.
 *
 * @param refused messages for names that people try, each as the predicate of a sentence
 */
export function knownNames<Shape extends z.core.$ZodShape>(
  shape: Shape,
  refused: Readonly<Record<string, string>> = {},
) {
  // One line for each name: see `fieldProblems`.
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === "unrecognized_keys"
        ? issue.keys.map((key) => refusalOf(refused, key) ?? "is not a known name").join("\n")
        : undefined,
  });
}

/** The same message for several names. */
export function refusedNames(sentence: string, ...names: string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, sentence]));
}

function refusalOf(refused: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(refused, name) ? refused[name] : undefined;
}
