/** Throws, for a stack to be read. */
export function thrower(): never {
  throw new Error("thrown");
}
