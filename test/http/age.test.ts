import { describe, expect, it } from "vitest";
import { correctedInitialAge, parseAge } from "../../src/http/age.ts";
import { formatHttpDate } from "../../src/http/dates.ts";

describe("parseAge() reads", () => {
  it.each([
    [null, 0],
    ["", 0],
    ["0", 0],
    ["7200", 7200],
    [" 7200 ", 7200],
    ["2147483647", 2_147_483_647],
    ["2147483649", 2_147_483_647],
    ["7200, 0", 7200],
    ["7200,0", 7200],
    ["0, 7200", 0],
    ["0, 0", 0],
    ["3600, 3600", 3600],
    ["abc", 0],
    ["-7200", 0],
    ["7200.0", 0],
    ["7200;foo=bar", 0],
    ["abc, 7200", 0],
  ])("%j as %i", (value, seconds) => {
    expect(parseAge(value)).toBe(seconds);
  });
});

describe("correctedInitialAge()", () => {
  const answeredAt = Date.UTC(2030, 0, 1, 12);
  const date = (secondsAgo: number) => formatHttpDate(answeredAt - secondsAgo * 1000);

  it.each<[string, Record<string, string>, number, number]>([
    ["is 0 for an immediate answer without Date and Age", {}, 0, 0],
    ["adds the response's delay to Age", { age: "10" }, 1500, 11.5],
    ["takes the apparent age where it is greater", { date: date(7200), age: "10" }, 1000, 7200],
    ["takes the corrected age where it is greater", { date: date(5), age: "10" }, 1000, 11],
    ["ignores a Date in the future", { date: date(-600) }, 0, 0],
    ["ignores an invalid Date", { date: "yesterday", age: "3" }, 0, 3],
    ["ignores a clock that went backwards", {}, -5000, 0],
  ])("%s", (_, headers, delay, expected) => {
    const response = { headers: new Headers(headers), requestedAt: answeredAt - delay, answeredAt };
    expect(correctedInitialAge(response)).toBe(expected);
  });

  it("does not count the fraction that Date cannot express", () => {
    const headers = new Headers({ date: date(0) });
    expect(correctedInitialAge({ headers, requestedAt: answeredAt + 900, answeredAt: answeredAt + 900 })).toBe(0);
  });
});
