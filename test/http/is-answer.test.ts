import { describe, expect, it } from "vitest";
import { isAnswer } from "../../src/http/is-answer.ts";

const answers = (method: string, asked: Record<string, string>, status: number): boolean =>
  isAnswer({ method, headers: new Headers(asked) }, { status });

const RANGE = { range: "bytes=0-1" };

describe("isAnswer()", () => {
  it.each<[string, string, Record<string, string>, number]>([
    ["a 200", "GET", {}, 200],
    ["a 404", "GET", {}, 404],
    ["a 599", "GET", {}, 599],
    ["a 412, which applications use freely", "GET", {}, 412],
    ["a part that was asked for", "GET", RANGE, 206],
    ["the whole in the place of a part", "GET", RANGE, 200],
    ["a range that cannot be had", "GET", RANGE, 416],
    ["a confirmation by tag", "GET", { "if-none-match": '"1"' }, 304],
    ["a confirmation by time", "HEAD", { "if-modified-since": "Sun, 22 Nov 2026 09:00:00 GMT" }, 304],
    ["whatever an unsafe method brings", "POST", {}, 206],
    ["a 304 to an unsafe method", "PUT", {}, 304],
  ])("takes %s", (_, ...exchange) => {
    expect(answers(...exchange)).toBe(true);
  });

  it.each<[string, string, Record<string, string>, number]>([
    ["another protocol", "GET", {}, 101],
    ["an interim response", "GET", {}, 103],
    ["a status above 599", "GET", {}, 600],
    ["a status of no class", "POST", {}, 999],
    ["status 0", "GET", {}, 0],
    ["an unasked part", "GET", {}, 206],
    ["an unasked part of a HEAD", "HEAD", {}, 206],
    ["an unasked 304", "GET", {}, 304],
    ["a 304 to a range", "GET", RANGE, 304],
    ["an unasked 416", "GET", {}, 416],
  ])("refuses %s", (_, ...exchange) => {
    expect(answers(...exchange)).toBe(false);
  });
});
