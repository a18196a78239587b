import { expect, it } from "vitest";
import { retryAfterSeconds } from "../../src/http/retry-after.ts";

const NOON = Date.UTC(2026, 10, 22, 12);

it.each<[string | null, number]>([
  [null, 0],
  ["120", 120],
  [" 5 ", 5],
  ["0", 0],
  ["-5", 0],
  ["1.5", 0],
  ["soon", 0],
  ["Sun, 22 Nov 2026 12:01:00 GMT", 60],
  ["Sun, 22 Nov 2026 11:00:00 GMT", 0],
])("retryAfterSeconds() reads %s as %d s", (value, seconds) => {
  expect(retryAfterSeconds(value, NOON)).toBe(seconds);
});
