import { describe, expect, it } from "vitest";
import { freshnessPolicy } from "../../../src/edge/cache/freshness-policy.ts";
import { assetOf } from "../../../src/zones/asset-types.ts";
import { DEFAULT_SETTINGS, type ZoneSettings } from "../../../src/zones/settings.ts";

function policy(path: string, type: string | null, settings: Partial<ZoneSettings> = {}, status = 200) {
  const headers = new Headers(type === null ? {} : { "content-type": type });
  return freshnessPolicy({ path, asset: assetOf(path) }, { status, headers }, { ...DEFAULT_SETTINGS, ...settings });
}

describe("freshnessPolicy() gives the TTL", () => {
  it.each([
    ["/a.css", "text/css", 86_400],
    ["/a.JS", "application/javascript", 86_400],
    ["/a.cjs", "application/javascript", 86_400],
    ["/a.woff2", "font/woff2", 604_800],
    ["/a.png", "image/png", 86_400],
    ["/a.mp4", "video/mp4", 86_400],
    ["/a.m4s", "video/iso.segment", 86_400],
    ["/a.ts", "video/mp2t", 86_400],
    ["/a.mp3", "audio/mpeg", 86_400],
    ["/a.wasm", "application/wasm", 86_400],
    ["/a.zip", "application/zip", 86_400],
    ["/a.tar.gz", "application/gzip", 86_400],
    ["/a.pdf", "application/pdf", 86_400],
    ["/a.glb", "model/gltf-binary", 86_400],
    ["/a.js.gz", "application/javascript", 86_400],
    ["/a.ts", "text/plain", null],
    ["/a.d.ts", "application/typescript", null],
    ["/a.mp4", "application/json", null],
    ["/a.mp4", "text/html", null],
    ["/a.json", "application/json", null],
    ["/a.xml", "application/xml", null],
    ["/a.md", "text/markdown", null],
    ["/a.m3u8", "audio/mpegurl", null],
    ["/a.mpd", "application/dash+xml", null],
    ["/a.html", "text/html", null],
    ["/a", "video/mp4", null],
    ["/.css", null, null],
    ["/a.constructor", null, null],
    ["/a.css/", null, null],
  ])("of %s as %j: %j", (path, type, ttl) => {
    expect(policy(path, type).ttl).toBe(ttl);
  });

  it("of its kind to a redirect and an error, whatever is written in them", () => {
    expect(policy("/a.mp4", "text/html", {}, 301).ttl).toBe(86_400);
    expect(policy("/a.js", "application/json", {}, 404).ttl).toBe(86_400);
  });

  it("of the extension before that of the kind", () => {
    const settings = { ttl_by_extension: { css: 5, html: 60, ts: 7, gz: 8 } };
    expect(policy("/a.css", "text/css", settings).ttl).toBe(5);
    expect(policy("/a.html", "text/html", settings).ttl).toBe(60);
    expect(policy("/a.ts", "text/plain", settings).ttl).toBe(7);
    expect(policy("/a.tar.gz", "application/gzip", settings).ttl).toBe(8);
    expect(policy("/a.toString", null, settings).ttl).toBeNull();
  });

  it("that the zone gives to all else, to what its name does not promise", () => {
    const settings = { ttl: { ...DEFAULT_SETTINGS.ttl, media: 100, other: 9 } };
    expect(policy("/a.ts", "text/plain", settings).ttl).toBe(9);
    expect(policy("/a.ts", "video/mp2t", settings).ttl).toBe(100);
  });
});

describe("freshnessPolicy() lets a lifetime be guessed", () => {
  it.each([
    ["/a.json", "application/json"],
    ["/a.csv", "text/csv"],
    ["/a.thing", "x/y"],
    ["/a.css", "text/css"],
    ["/a.thing", null],
    ["/a.7z", "application/x-7z-compressed"],
  ])("for an hour at most: %s as %j", (path, type) => {
    expect(policy(path, type).maxHeuristic).toBe(3_600);
    expect(policy(path, type, { max_heuristic_ttl: 60 }).maxHeuristic).toBe(60);
    expect(policy(path, type, { max_heuristic_ttl: 0 }).maxHeuristic).toBe(0);
  });

  it.each([
    ["/a.html", null],
    ["/a.htm", "text/plain"],
    ["/a.thing", "text/html; charset=utf-8"],
    ["/a.php", "Application/XHTML+XML"],
    ["/a.m3u8", "text/plain"],
    ["/a.m3u", null],
    ["/a.mpd", "application/dash+xml"],
    ["/a.thing", "application/x-mpegURL"],
    ["/a.thing", "audio/mpegurl"],
    ["/a.thing", "application/dash+xml"],
  ])("never for a page or a playlist: %s as %j", (path, type) => {
    expect(policy(path, type).maxHeuristic).toBe(0);
    expect(policy(path, type, { heuristic_without_extension: true }).maxHeuristic).toBe(0);
  });

  it.each(["/", "/page", "/info/refs", "/refs/heads/v1.2", "/simple/lodash/", "/lodash@4.17.21", "/.hidden", "/a."])(
    "for %s, which has no extension, only where the zone says so",
    (path) => {
      expect(policy(path, "text/plain").maxHeuristic).toBe(0);
      expect(policy(path, "text/plain", { heuristic_without_extension: true }).maxHeuristic).toBe(3_600);
    },
  );
});
