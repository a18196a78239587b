import { describe, expect, it } from "vitest";
import { type BodyWay, chooseCoding } from "../../../src/edge/answer/coding.ts";
import type { StoredResponse } from "../../../src/edge/cache/stored-response.ts";

interface Case {
  size?: number | null;
  status?: number;
  type?: string | null;
  headers?: Record<string, string>;
  accepted?: string;
  range?: string;
  way?: BodyWay;
  enabled?: boolean;
  path?: string;
}

function choose({
  size = 5_000,
  status = 200,
  type = "text/css",
  headers = {},
  accepted = "gzip, br",
  range,
  way = "at hand",
  enabled = true,
  path = "/a",
}: Case): string {
  const choice = chooseCoding(
    { size, status } as StoredResponse,
    new Headers({ ...(type !== null && { "content-type": type }), ...headers }),
    new Headers({ "accept-encoding": accepted, ...(range !== undefined && { range }) }),
    { enabled, way, path },
  );
  return choice.kind === "coded" ? choice.coding : choice.varies ? "as stored, varies" : "as stored";
}

describe("chooseCoding()", () => {
  it.each<[string, Case, string]>([
    ["a stylesheet for a client that takes both", {}, "br"],
    ["one that prefers gzip", { accepted: "gzip, br;q=0.5" }, "gzip"],
    ["one that takes neither", { accepted: "identity" }, "as stored, varies"],
    ["a range, which is counted in bytes of the identity form", { range: "bytes=0-9" }, "as stored, varies"],
    ["a body on its way into the store", { way: "kept" }, "gzip"],
    ["one on its way of unknown length", { way: "kept", size: null }, "gzip"],
    [
      "one that only passes, of unknown length: it may be a stream of events",
      { way: "passed", size: null },
      "as stored, varies",
    ],
    ["1,023 bytes", { size: 1_023 }, "as stored"],
    ["1,024 bytes", { size: 1_024 }, "br"],
    ["2 MiB", { size: 2_097_152 }, "br"],
    ["a byte more: what is made as a stream", { size: 2_097_153 }, "gzip"],
    ["a byte more for a client that takes only br", { size: 2_097_153, accepted: "br" }, "as stored, varies"],
    ["32 MiB", { size: 33_554_432 }, "gzip"],
    ["a byte more than that", { size: 33_554_433 }, "as stored"],
    ["no-transform that is said to CDNs", { headers: { "cdn-cache-control": "no-transform" } }, "as stored"],
    ["a packed text", { path: "/a.css.gz" }, "as stored"],
    [
      "what came coded and is given to one client",
      { headers: { "content-encoding": "gzip" }, way: "passed" },
      "as stored, varies",
    ],
    ["a zone without compression", { enabled: false }, "as stored"],
    ["a 404", { status: 404 }, "as stored"],
    ["what is coded already", { headers: { "content-encoding": "exotic" } }, "as stored"],
    ["no-transform (RFC 9110 §7.7)", { headers: { "cache-control": "no-transform" } }, "as stored"],
    ["a stream of events", { type: "text/event-stream" }, "as stored"],
    ["SVG", { type: "image/svg+xml" }, "br"],
    ["JSON of some kind", { type: "application/ld+json; charset=utf-8" }, "br"],
    ["an unpacked font", { type: "font/ttf" }, "br"],
    ["a packed font", { type: "font/woff2" }, "as stored"],
    ["an image", { type: "image/png" }, "as stored"],
    ["what has no type", { type: null }, "as stored"],
    ["what has an empty one", { type: "" }, "as stored"],
    ["a video", { type: "video/mp4" }, "as stored"],
    ["TypeScript", { type: "application/typescript" }, "br"],
    ["a script by its old name", { type: "application/x-javascript; charset=utf-8" }, "br"],
    ["a playlist by another name", { type: "audio/x-mpegurl" }, "br"],
    ["music", { type: "audio/mpeg" }, "as stored"],
  ])("of %s: %j is %s", (_title, given, expected) => {
    expect(choose(given)).toBe(expected);
  });
});
