import { expect, it } from "vitest";
import { boundCacheControl } from "../../src/http/bound-cache-control.ts";

it.each<[string, string]>([
  ["max-age=31536000, immutable", "max-age=10"],
  ["public, max-age=31536000", "public, max-age=10"],
  ["public,s-maxage=60,max-age=5", "public, s-maxage=10, max-age=5"],
  ["Max-Age=60", "Max-Age=10"],
  ['max-age="60"', "max-age=10"],
  ["max-age = 60", "max-age=10"],
  ["max-age=60s", "max-age=10"],
  ["max-age=99999999999999999999999", "max-age=10"],
  ["max-age=60, max-age=70", "max-age=10, max-age=10"],
  ["max-age=10", "max-age=10"],
  ["max-age=-1", "max-age=-1"],
  ["max-age", "max-age"],
  ["max-age=soon", "max-age=soon"],
  ["max-age=1, stale-while-revalidate=86400, stale-if-error=86400", "max-age=1"],
  ['private="a, max-age=60", no-cache', 'private="a, max-age=60", no-cache'],
  ["no-store", "no-store"],
  ["public,max-age=5 , ,private", "public,max-age=5 , ,private"],
  ["immutable", ""],
])("boundCacheControl() lets nothing of %j live longer than ten seconds: %j", (value, expected) => {
  expect(boundCacheControl(value, 10)).toBe(expected);
});
