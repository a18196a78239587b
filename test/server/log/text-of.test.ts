import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import { textOf } from "../../../src/server/log/text-of.ts";

const noon = new Date(2026, 10, 28, 12, 0, 5);
const textFor = (event: string, details: object) => textOf({ level: "warn", event, ...details }, noon);

describe("textOf()", () => {
  it.each([
    ["api_request", { method: "GET", route: "/v1/zones", status: 200, ms: 4, key: null }, "GET /v1/zones 200 4 ms"],
    [
      "origin_failed",
      { origin: "http://a.example", reason: "origin-refused", error: "Error: no" },
      'origin_failed origin=http://a.example reason=origin-refused error="Error: no"',
    ],
    ["publish_failed", { zone: "a", failures: 2, error: null }, "publish_failed zone=a failures=2"],
    ["runtime_failed", { stack: "at a\nat b" }, "runtime_failed\n    at a\n    at b"],
  ])("of %s with %j is %j", (event, details, text) => {
    expect(stripVTControlCharacters(textFor(event, details))).toBe(`12:00:05 ${text}`);
  });

  it("lets nobody whose words are logged move the cursor, or write a line of his own", () => {
    const text = textFor("origin_failed", { error: "a\u001b[2J\nb\u0007", origin: "x\r\ny" });
    expect(stripVTControlCharacters(text)).toBe('12:00:05 origin_failed error="a b " origin="x  y"');
  });
});
