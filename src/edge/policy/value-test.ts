import type { ValueTest } from "../../zones/rules/edge-rule.ts";
import { Glob } from "./glob.ts";

/** Whether a text is like one of the globs; those without a star are looked up at once. */
export function textTest(globs: readonly string[]): (text: string) => boolean {
  const exact = new Set(globs.filter((glob) => !glob.includes("*")));
  const others = globs.filter((glob) => glob.includes("*")).map((glob) => new Glob(glob));
  if (others.length === 0) return (text) => exact.has(text);
  return (text) => exact.has(text) || others.some((glob) => glob.matches(text));
}

/** Whether one of the values of a name does; none: it is not there. */
export function valueTest(
  wanted: ValueTest,
  letters: "as it is" | "in any case",
): (values: readonly string[]) => boolean {
  const fold = letters === "as it is" ? (text: string) => text : (text: string) => text.toLowerCase();
  if (typeof wanted === "boolean") return (values) => values.length > 0 === wanted;
  if (isEquality(wanted)) {
    const text = fold(wanted.equals);
    return (values) => values.some((value) => fold(value) === text);
  }
  const test = textTest((typeof wanted === "string" ? [wanted] : wanted).map(fold));
  return (values) => values.some((value) => test(fold(value)));
}

function isEquality(wanted: ValueTest): wanted is { readonly equals: string } {
  return typeof wanted === "object" && "equals" in wanted;
}
