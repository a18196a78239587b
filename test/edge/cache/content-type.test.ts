import { describe, expect, it } from "vitest";
import { isNosniff, reconcileType } from "../../../src/edge/cache/content-type.ts";
import { assetOf } from "../../../src/zones/asset-types.ts";

const label = (contentType: string) => ({ kind: "label", contentType });
const keep = { kind: "keep" };
const mismatch = { kind: "mismatch" };

describe("reconcileType() of what the extension promises and the origin says", () => {
  it.each([
    ["css", "text/css", label("text/css")],
    ["css", "Text/CSS; Charset=UTF-8", label("text/css")],
    ["css", "text/css; charset=iso-8859-1", label("text/css; charset=iso-8859-1")],
    ["css", null, label("text/css")],
    ["css", "", label("text/css")],
    ["css", "application/octet-stream", label("text/css")],
    ["css", "text/plain; charset=utf-8", label("text/css")],
    ["css", "text/html", mismatch],
    ["css", "text/html; charset=utf-8", mismatch],
    ["css", "application/json", mismatch],
    ["css", "image/png", mismatch],
    ["js", "text/javascript; charset=utf-8", label("application/javascript")],
    ["js", "application/x-javascript", label("application/javascript")],
    ["js", "application/json", mismatch],
    ["js", "text/html", mismatch],
    ["mjs", "application/javascript", label("text/javascript")],
    ["woff2", "application/font-woff2", label("font/woff2")],
    ["woff", "application/x-font-woff", label("font/woff")],
    ["woff", "text/html", mismatch],
    ["png", "image/png", label("image/png")],
    ["png", "image/webp", keep],
    ["jpg", "image/jpg", label("image/jpeg")],
    ["ico", "image/x-icon", label("image/vnd.microsoft.icon")],
    ["png", "text/plain; charset=utf-8", label("image/png")],
    ["png", "text/html", mismatch],
    ["svg", "image/svg+xml", label("image/svg+xml")],
    ["svg", "text/html", mismatch],
    ["json", "application/json", label("application/json")],
    ["json", "application/ld+json", keep],
    ["json", "text/html", mismatch],
    ["xml", "application/rss+xml", keep],
    ["xml", "application/xhtml+xml", mismatch],
    ["txt", "text/plain; charset=utf-8", label("text/plain; charset=utf-8")],
    ["txt", "text/markdown", keep],
    ["txt", "text/html", mismatch],
    ["mp4", "video/quicktime", keep],
    ["mp4", "text/html", mismatch],
    ["css", 'text/css; charset="utf-8\r\nx: y"', label("text/css")],
  ])(".%s with %j", (extension, said, verdict) => {
    expect(reconcileType(assetOf(extension), said)).toEqual(verdict);
  });

  it("keeps what the origin says where the extension promises nothing", () => {
    expect(reconcileType(assetOf("unheard-of"), "text/html")).toEqual(keep);
    expect(reconcileType(assetOf(""), null)).toEqual(keep);
    expect(reconcileType(assetOf("constructor"), "text/html")).toEqual(keep);
  });
});

describe("reconcileType() of what the origin says with nosniff", () => {
  it.each(["text/plain", "Text/Plain; charset=utf-8", "application/octet-stream", "binary/octet-stream"])(
    "never makes a type that scripts of %s",
    (said) => {
      for (const extension of ["js", "mjs", "svg", "xml", "mpd", "wasm", "pdf"]) {
        expect(reconcileType(assetOf(extension), said, true)).toEqual(keep);
        expect(reconcileType(assetOf(extension), said).kind).toBe("label");
      }
      for (const extension of ["css", "woff2", "png", "json", "txt", "mp4"]) {
        expect(reconcileType(assetOf(extension), said, true).kind).toBe("label");
      }
    },
  );

  it("gives its type to what comes without one, and to what has it", () => {
    expect(reconcileType(assetOf("js"), null, true)).toEqual(label("application/javascript"));
    expect(reconcileType(assetOf("js"), "text/javascript", true)).toEqual(label("application/javascript"));
  });
});

describe("isNosniff()", () => {
  it.each([
    ["nosniff", true],
    [" NoSniff ", true],
    ["nosniff, x", true],
    ["x, nosniff", false],
    ["", false],
    ["no-sniff", false],
  ])("%j is %s", (value, expected) => {
    expect(isNosniff(new Headers({ "x-content-type-options": value }))).toBe(expected);
  });
});
