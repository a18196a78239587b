import { describe, expect, it } from "vitest";
import type { StoredResponse } from "../../../src/edge/cache/stored-response.ts";
import { completed, type Part, restOf } from "../../../src/edge/fill/part.ts";

/** The first four of ten bytes. */
function part({ first = 0, bytes = "0123", etag = '"1"' as string | null } = {}): Part {
  const headers: [string, string][] = etag === null ? [] : [["etag", etag]];
  return { stored: { status: 200, headers, size: 10 } as unknown as StoredResponse, body: new Blob([bytes]), first };
}

describe("restOf()", () => {
  it.each<[string, Parameters<typeof part>[0], Record<string, string> | null]>([
    ["a beginning", {}, { range: "bytes=4-", "if-range": '"1"' }],
    ["one with a weak tag, under no condition", { etag: 'W/"1"' }, { range: "bytes=4-" }],
    ["one without a tag, likewise", { etag: null }, { range: "bytes=4-" }],
    ["a part from the middle", { first: 1 }, null],
    ["nothing", { bytes: "" }, null],
  ])("of %s: %j asks for %j", (_title, given, expected) => {
    expect(restOf(part(given))).toEqual(expected);
  });
});

describe("completed()", () => {
  const rest = (fields: Record<string, string> = {}, body: string | null = "456789") =>
    new Response(body, {
      status: 206,
      headers: { "content-range": "bytes 4-9/10", etag: '"1"', "x-of": "rest", ...fields },
    });

  it("is the whole, with the fields of the rest", async () => {
    const whole = completed(part(), rest())!;
    expect([whole.status, await whole.text()]).toEqual([200, "0123456789"]);
    expect(Object.fromEntries(whole.headers)).toMatchObject({ "content-length": "10", etag: '"1"', "x-of": "rest" });
    expect(whole.headers.has("content-range")).toBe(false);
  });

  it.each<[string, Part, Response]>([
    ["another tag", part(), rest({ etag: '"2"' })],
    ["a weak tag (RFC 9111 §3.4)", part({ etag: 'W/"1"' }), rest({ etag: 'W/"1"' })],
    ["no tag on either side", part({ etag: null }), rest({ etag: "" })],
    ["a gap", part(), rest({ "content-range": "bytes 5-9/10" })],
    ["bytes twice", part(), rest({ "content-range": "bytes 3-9/10" })],
    ["no end", part(), rest({ "content-range": "bytes 4-8/10" })],
    ["a size that is not known", part(), rest({ "content-range": "bytes 4-9/*" })],
    ["a range that cannot be read", part(), rest({ "content-range": "4-9" })],
    ["no body", part(), rest({}, null)],
  ])("is nothing by %s", (_title, begun, given) => {
    expect(completed(begun, given)).toBeNull();
  });

  it("fails where the rest breaks off", async () => {
    const whole = completed(part(), rest({}, "45678"))!;
    await expect(whole.text()).rejects.toThrow();
  });
});
