import { describe, expect, it } from "vitest";
import { asPrivate } from "../../src/http/as-private.ts";

describe("asPrivate()", () => {
  it.each([
    [null, "private"],
    ["max-age=60", "private, max-age=60"],
    ["public, s-maxage=600, max-age=60, immutable", "private, max-age=60, immutable"],
    ["no-store", "private, no-store"],
    ['private="x-a", Proxy-Revalidate, must-revalidate', "private, must-revalidate"],
  ])("%s: %s", (said, kept) => {
    expect(asPrivate(said)).toBe(kept);
    expect(asPrivate(kept)).toBe(kept);
  });
});
