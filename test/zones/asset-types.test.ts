import { describe, expect, it } from "vitest";
import { assetOf, extensionOf } from "../../src/zones/asset-types.ts";

describe("assetOf() promises", () => {
  it.each([
    // The documented table, to the letter.
    ["/a.css", "css", "text/css"],
    ["/a.js", "js", "application/javascript"],
    ["/a.woff2", "font", "font/woff2"],
    ["/a.woff", "font", "font/woff"],
    ["/a.png", "image", "image/png"],
    ["/a.svg", "image", "image/svg+xml"],
    ["/a.mjs", "js", "text/javascript"],
    ["/a.cjs", "js", "application/javascript"],
    ["/A.MP4", "media", "video/mp4"],
    ["/chunk-1.m4s", "media", "video/iso.segment"],
    ["/a.ts", "media", "video/mp2t"],
    ["/a.d.ts", "other", "text/plain"],
    ["/a.D.TS", "other", "text/plain"],
    ["/d.ts", "media", "video/mp2t"],
    ["/a.wasm", "media", "application/wasm"],
    ["/a.pdf", "media", "application/pdf"],
    ["/a.glb", "media", "model/gltf-binary"],
    ["/a.mpd", "other", "application/dash+xml"],
    ["/a.m3u8", "other", "application/vnd.apple.mpegurl"],
    ["/a.js.map", "other", "application/json"],
    ["/a.log", "other", "text/plain"],
    ["/a.tgz", "media", "application/gzip"],
    ["/a.tar.gz", "media", "application/gzip"],
    ["/a.gz", "media", "application/gzip"],
    ["/a.json.gz", "media", "application/gzip"],
    ["/a.min.js.gz", "js", "application/gzip"],
    ["/a.css.br", "css", "application/octet-stream"],
    ["/a.svg.gz", "image", "application/gzip"],
    ["/a.ttf.zst", "font", "application/zstd"],
    ["/js.gz", "media", "application/gzip"],
    ["/a.js/b.gz", "media", "application/gzip"],
  ])("that %s is of the kind %s and %s", (path, type, contentType) => {
    expect(assetOf(path)).toMatchObject({ type, contentType });
  });

  it.each(["/", "/a", "/a.css/", "/.css", "/a.constructor", "/a.html", "/v1.2", "/a.css;v=1", "/a.", ""])(
    "nothing of %j",
    (path) => {
      expect(assetOf(path)).toBeNull();
    },
  );

  it("text of names whose content is text, whatever kind they are", () => {
    const isText = (path: string) => assetOf(path)!.isText;
    for (const extension of [
      "md",
      "csv",
      "ics",
      "ts",
      "d.ts",
      "txt",
      "log",
      "json",
      "map",
      "xml",
      "vtt",
      "srt",
      "m3u8",
    ])
      expect(isText(`/a.${extension}`), extension).toBe(true);
    for (const extension of ["css", "js", "svg", "woff", "png", "mp4", "pdf", "wasm", "zip", "glb"])
      expect(isText(`/a.${extension}`), extension).toBe(false);
  });
});

describe("extensionOf()", () => {
  it.each([
    ["/a.CSS", "css"],
    ["/a.b/c", ""],
    ["/.profile", ""],
    ["/a.tar.gz", "gz"],
    ["/v1.2", "2"],
  ])("of %s is %j", (path, extension) => {
    expect(extensionOf(path)).toBe(extension);
  });
});
