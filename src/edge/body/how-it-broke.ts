import { BodySilent } from "./body-reader.ts";

/** How a body broke: cut off, silent for too long, not of the promised length, or coded and far larger once decoded. */
export type Break = "cut-off" | "idle-timeout" | "wrong-length" | "expands-too-much";

/** A body that is longer or shorter than its origin promised. */
export class WrongLength extends Error {}

/** A coded body that expands to more than is allowed. */
export class ExpandsTooMuch extends Error {}

/** How a body broke, judged by what its reader threw. */
export function howItBroke(error: unknown): Break {
  if (error instanceof BodySilent) return "idle-timeout";
  if (error instanceof WrongLength) return "wrong-length";
  return error instanceof ExpandsTooMuch ? "expands-too-much" : "cut-off";
}
