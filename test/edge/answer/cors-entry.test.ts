import { describe, expect, it } from "vitest";
import { corsEntryOf } from "../../../src/edge/answer/cors-entry.ts";

const LIST = ["https://www.example.org", "https://*.example.com", "http://*.localhost:3000"];

describe("corsEntryOf()", () => {
  it.each([
    ["https://www.example.org", "https://www.example.org"],
    ["https://a.example.com", "https://*.example.com"],
    ["https://a.b-c.example.com", "https://*.example.com"],
    ["https://xn--bcher-kva.example.com", "https://*.example.com"],
    ["http://a.localhost:3000", "http://*.localhost:3000"],
  ])("lets %s in by %s", (origin, entry) => {
    expect(corsEntryOf(LIST, origin)).toBe(entry);
  });

  it.each([
    "https://example.com",
    "https://.example.com",
    "https://*.example.com",
    "https://example.com.evil.example",
    "https://evilexample.com",
    "https://evil.example/.example.com",
    "https://evil.example#.example.com",
    "https://evil.example?.example.com",
    "https://evil.example:1@.example.com",
    "https://a.example.com:8443",
    "https://a.example.com/",
    "http://a.example.com",
    "http://a.localhost:3001",
    "https://b.example.org",
    "https://www.example.org.",
    "HTTPS://A.EXAMPLE.COM",
    "null",
    "",
  ])("does not let %j in", (origin) => {
    expect(corsEntryOf(LIST, origin)).toBe(origin === "https://*.example.com" ? origin : null);
  });
});
