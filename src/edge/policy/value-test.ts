import type { ValueTest } from "../../zones/rules/edge-rule.ts";
import { Glob } from "./glob.ts";

/** Whether a text matches one of the globs. Those without a star are looked up in a set. */
export function textTest(globs: readonly string[]): (text: string) => boolean {
  const exact = new Set(globs.filter((glob) => !glob.includes("*")));
  const others = globs.filter((glob) => glob.includes("*")).map((glob) => new Glob(glob));
  if (others.length === 0) return (text) => exact.has(text);
  return (text) => exact.has(text) || others.some((glob) => glob.matches(text));
}

/** Tests the value of a name; null: the name is missing. */
export function valueTest(wanted: ValueTest, letters: "as it is" | "in any case"): (value: string | null) => boolean {
  if (typeof wanted === "boolean") return (value) => (value !== null) === wanted;
  const fold = letters === "as it is" ? (text: string) => text : (text: string) => text.toLowerCase();
  const test = wantedText(wanted, fold);
  return (value) => value !== null && test(fold(value));
}

function wantedText(wanted: Exclude<ValueTest, boolean>, fold: (text: string) => string): (text: string) => boolean {
  if (typeof wanted === "string") return textTest([fold(wanted)]);
  // As it is written: a star in it is a star.
  return "equals" in wanted ? equalTo(fold(wanted.equals)) : textTest(wanted.map(fold));
}

function equalTo(wanted: string): (text: string) => boolean {
  return (text) => text === wanted;
}
