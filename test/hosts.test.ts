import { describe, expect, it } from "vitest";
import { surfaceOf } from "../src/hosts.ts";

const settings = {
  edgeDomains: ["rescdn.io", "rescdn.localhost"],
  apiHosts: new Set(["api.rescdn.io", "localhost", "127.0.0.1", "[::1]"]),
};
const edge = (zone: string) => ({ kind: "edge", zone });

describe("surfaceOf()", () => {
  it.each([
    ["my-assets.rescdn.io", edge("my-assets")],
    ["my-assets.rescdn.io.", edge("my-assets")],
    ["demo.rescdn.localhost", edge("demo")],
    ["api.rescdn.io", { kind: "api" }],
    ["api.rescdn.io.", { kind: "api" }],
    ["localhost", { kind: "api" }],
    ["127.0.0.1", { kind: "api" }],
    ["[::1]", { kind: "api" }],
    ["rescdn.io", { kind: "unknown" }],
    ["a.b.rescdn.io", { kind: "unknown" }],
    [".rescdn.io", { kind: "unknown" }],
    ["evilrescdn.io", { kind: "unknown" }],
    ["my-assets.rescdn.io.evil.example", { kind: "unknown" }],
    ["", { kind: "unknown" }],
  ])("%s", (hostname, surface) => {
    expect(surfaceOf(hostname, settings)).toEqual(surface);
  });
});
