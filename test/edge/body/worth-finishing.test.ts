import { expect, it } from "vitest";
import { isWorthFinishing } from "../../../src/edge/body/worth-finishing.ts";

const MIB = 1_048_576;

it.each([
  [0, MIB, true],
  [0, MIB + 1, false],
  [44 * MIB, 50 * MIB, false],
  [45 * MIB, 50 * MIB, true],
  [4 * MIB, 5 * MIB, true],
])("isWorthFinishing() of %i of %i bytes is %s", (read, expected, isWorth) => {
  expect(isWorthFinishing(read, read, expected)).toBe(isWorth);
});

it("isWorthFinishing() gives a body of unknown length 1 MiB more", () => {
  expect(isWorthFinishing(50 * MIB, MIB, null)).toBe(true);
  expect(isWorthFinishing(50 * MIB, MIB + 1, null)).toBe(false);
});
