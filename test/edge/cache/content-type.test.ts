import { describe, expect, it } from "vitest";
import { isNosniff, kindOf, reconcileType } from "../../../src/edge/cache/content-type.ts";
import { mediaTypeOf } from "../../../src/http/media-type.ts";
import { assetOf } from "../../../src/zones/asset-types.ts";

type Circumstances = Parameters<typeof reconcileType>[2];

const verdict = (name: string, said: string | null, circumstances: Circumstances = {}) =>
  reconcileType(assetOf(`/a.${name}`), mediaTypeOf(said), circumstances);

/** What clients are told of what is stored by the ordinary rules. */
function told(name: string, said: string | null, circumstances: Circumstances = {}): string | null {
  const { kind, contentType } = verdict(name, said, circumstances);
  expect(["label", "keep"]).toContain(kind);
  return contentType;
}

describe("reconcileType() tells clients", () => {
  it.each([
    ["css", "text/css", "text/css"],
    ["css", "Text/CSS; Charset=UTF-8", "text/css; charset=UTF-8"],
    ["css", "text/css; charset=iso-8859-1", "text/css; charset=iso-8859-1"],
    ["css", 'text/css;charset="utf-8"', "text/css; charset=utf-8"],
    ["css", "text/css; version=1", "text/css"],
    ["css", "text/plain; charset=utf-8", "text/css; charset=utf-8"],
    ["css", "application/octet-stream; charset=utf-8", "text/css; charset=utf-8"],
    ["css", 'text/css; charset="utf-8\r\nx: y"', "text/css"],
    ["js", "application/javascript; charset=utf-8", "application/javascript; charset=utf-8"],
    ["js", "text/javascript; charset=utf-8", "application/javascript; charset=utf-8"],
    ["js", "application/javascript;charset=windows-1252", "application/javascript; charset=windows-1252"],
    ["js", "text/javascript", "application/javascript"],
    ["svg", "image/svg+xml; charset=utf-8", "image/svg+xml; charset=utf-8"],
    ["json", "application/json; charset=utf-8", "application/json; charset=utf-8"],
    ["md", "text/markdown; charset=utf-8; variant=GFM", "text/markdown; charset=utf-8; variant=GFM"],
    ["ics", "text/calendar; method=PUBLISH", "text/calendar; method=PUBLISH"],
    ["mp4", 'video/mp4; codecs="avc1.42E01E, mp4a.40.2"', 'video/mp4; codecs="avc1.42E01E, mp4a.40.2"'],
    // A charset that says nothing of bytes, and that browsers refuse.
    ["wasm", "application/wasm; charset=utf-8", "application/wasm"],
    ["png", "text/plain; charset=utf-8", "image/png"],
    ["woff2", "font/woff2; charset=utf-8", "font/woff2"],
  ])("of .%s as %j: %j, with the origin's charset", (name, said, type) => {
    expect(told(name, said)).toBe(type);
  });

  it.each([
    ["css", "text/css"],
    ["js", "application/javascript"],
    ["mjs", "text/javascript"],
    ["cjs", "application/javascript"],
    ["woff2", "font/woff2"],
    ["woff", "font/woff"],
    ["otf", "font/otf"],
    ["png", "image/png"],
    ["svg", "image/svg+xml"],
    ["ico", "image/vnd.microsoft.icon"],
    ["json", "application/json"],
    ["md", "text/markdown"],
    ["log", "text/plain"],
    ["ts", "video/mp2t"],
    ["d.ts", "text/plain"],
    ["m4s", "video/iso.segment"],
    ["m3u8", "application/vnd.apple.mpegurl"],
    ["wasm", "application/wasm"],
    ["js.gz", "application/gzip"],
    ["tar.gz", "application/gzip"],
  ])("of .%s without a type, or with one that is none: %s", (name, type) => {
    const none = ["", "nonsense", "*/*", "application/octet-stream", "binary/octet-stream", "unknown/unknown"];
    for (const said of [null, ...none]) expect(told(name, said), String(said)).toBe(type);
  });

  it.each([
    ["js", ["application/x-javascript", "text/ecmascript", "text/jscript", "text/javascript1.5", "application/node"]],
    ["mjs", ["application/javascript", "text/x-javascript"]],
    ["cjs", ["application/node", "text/javascript"]],
    ["woff2", ["application/font-woff2", "font/woff", "application/x-font-woff2"]],
    ["woff", ["application/font-woff", "application/x-font-woff"]],
    ["ttf", ["application/x-font-ttf", "application/font-sfnt", "font/sfnt"]],
    ["otf", ["application/vnd.ms-opentype", "font/opentype", "application/x-font-opentype"]],
    ["eot", ["application/vnd.ms-fontobject", "font/eot"]],
    ["jpg", ["image/jpg", "image/pjpeg", "image/jpeg"]],
    ["png", ["image/x-png"]],
    ["ico", ["image/x-icon", "image/vnd.microsoft.icon", "image/icon", "image/ico"]],
    ["svg", ["image/svg", "image/svg-xml"]],
  ])("of .%s by its other names the documented one: %j", (name, synonyms) => {
    const documented = assetOf(`/a.${name}`)!.contentType;
    for (const said of synonyms) expect(told(name, said), said).toBe(documented);
  });

  const TYPESCRIPT = [
    "application/typescript",
    "text/typescript",
    "application/x-typescript",
    "video/vnd.dlna.mpeg-tts",
  ];
  it.each([
    ["mp4", ["application/mp4", "video/quicktime", "video/x-m4v", "audio/mp4"]],
    [
      "m3u8",
      ["application/vnd.apple.mpegurl", "application/x-mpegURL", "audio/mpegurl", "audio/x-mpegurl", "text/plain"],
    ],
    ["mpd", ["application/dash+xml", "video/vnd.mpeg.dash.mpd", "application/xml", "text/xml"]],
    ["m4s", ["video/mp4", "audio/mp4", "application/mp4", "video/x-m4s"]],
    ["webm", ["audio/webm", "video/webm"]],
    ["ogg", ["video/ogg", "application/ogg"]],
    ["opus", ["audio/opus", "audio/ogg; codecs=opus"]],
    ["mp3", ["audio/mp3", "audio/x-mpeg"]],
    ["wav", ["audio/x-wav", "audio/vnd.wave"]],
    ["otf", ["application/vnd.oasis.opendocument.formula-template"]],
    ["gif", ["video/mp4", "image/webp"]],
    ["png", ["image/webp", "image/avif"]],
    ["css", ["application/javascript", "text/javascript; charset=utf-8", "text/x-scss", "image/png"]],
    ["js", ["text/css", "application/typescript", "application/wasm"]],
    [
      "ts",
      [...TYPESCRIPT, "text/plain; charset=utf-8", "text/javascript", "text/vnd.trolltech.linguist", "video/mp2t"],
    ],
    ["d.ts", [...TYPESCRIPT, "text/plain", "application/javascript", "video/mp2t"]],
    ["map", ["application/json", "text/plain", "application/x-navimap", "application/octet-stream+json"]],
    ["js.gz", ["application/javascript; charset=utf-8", "text/javascript", "application/x-gzip", "text/plain"]],
    ["css.gz", ["text/css", "application/gzip"]],
    ["svg.gz", ["image/svg+xml"]],
    ["tgz", ["application/x-gzip", "application/x-tar-gz", "application/x-compressed", "application/x-tar"]],
    ["zip", ["application/x-zip-compressed", "multipart/x-zip"]],
    ["svg", ["text/xml", "application/xml; charset=utf-8"]],
    ["json", ["application/ld+json", "text/json", "application/problem+json"]],
    ["webmanifest", ["application/json", "text/cache-manifest"]],
    ["xml", ["text/xml", "application/rss+xml"]],
    ["pdf", ["application/x-pdf", "application/json"]],
    ["gltf", ["application/json"]],
    ["glb", ["application/json", "model/gltf.binary"]],
    ["mp4", ["multipart/byteranges; boundary=x"]],
  ])("of .%s the origin's own, where it is another: %j", (name, others) => {
    for (const said of others) expect(verdict(name, said), said).toEqual({ kind: "keep", contentType: said });
  });

  it.each([
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
    "yml",
    "m3u8",
    "webmanifest",
  ])("that .%s is plain text where the origin says so: its content is", (name) => {
    expect(told(name, "text/plain")).toBe("text/plain");
    expect(told(name, "text/plain; charset=utf-8")).toBe("text/plain; charset=utf-8");
  });

  it.each(["css", "js", "mjs", "cjs", "woff2", "ttf", "png", "svg", "ico", "mp4", "wasm", "pdf", "zip"])(
    "that .%s is what its name says, where the origin calls it plain text",
    (name) => {
      expect(told(name, "text/plain")).toBe(assetOf(`/a.${name}`)!.contentType);
    },
  );

  it("the last of two types, alone", () => {
    expect(told("css", "text/html, text/css")).toBe("text/css");
    expect(told("json", "text/html, application/json")).toBe("application/json");
    expect(told("unheard-of", "text/css, text/html")).toBe("text/html");
  });

  it("what the origin says where the name promises nothing", () => {
    expect(told("unheard-of", "text/html; charset=utf-8")).toBe("text/html; charset=utf-8");
    expect(told("constructor", "text/html")).toBe("text/html");
    expect(told("unheard-of", null)).toBeNull();
  });
});

const PROMISING =
  "css js mjs cjs woff2 otf png svg ico gif json map xml txt md csv pdf mp4 m3u8 mpd ts d.ts wasm zip tgz js.gz glb".split(
    " ",
  );

describe("reconcileType() finds a page", () => {
  it.each([
    "text/html",
    "TEXT/HTML",
    "text/html; charset=utf-8",
    "text/html;charset=utf-8;x=y",
    " text/html ",
    "application/xhtml+xml",
    "Application/XHTML+XML; profile=x",
    "application/vnd.wap.xhtml+xml",
    "text/x-server-parsed-html",
    "text/css, text/html",
    "text/html, text/html; charset=utf-8",
    "text/html, nonsense",
  ])("under every name that promises something else: %j", (said) => {
    for (const name of PROMISING) expect(verdict(name, said).kind, name).toBe("page");
  });

  it("without a type, where its bytes say so, and has it called what the name says: nobody runs it", () => {
    for (const name of PROMISING) {
      const contentType = assetOf(`/a.${name}`)!.contentType;
      expect(verdict(name, null, { isPage: true }), name).toEqual({ kind: "page", contentType });
    }
    expect(verdict("unheard-of", null, { isPage: true }).kind).toBe("keep");
  });
});

describe("reconcileType() finds data", () => {
  it.each([
    "application/json",
    "application/json; charset=utf-8",
    "text/json",
    "application/problem+json",
    "application/vnd.api+json",
    "application/x-ndjson",
    "application/json5",
  ])("under the names of scripts, styles, fonts and images alone: %j", (said) => {
    for (const name of ["css", "js", "mjs", "cjs", "woff2", "ttf", "png", "svg", "ico", "js.gz"]) {
      expect(verdict(name, said), name).toEqual({ kind: "data", contentType: said });
    }
    for (const name of ["json", "map", "webmanifest", "mp4", "txt", "pdf", "unheard-of"]) {
      expect(verdict(name, said).kind, name).toBe("keep");
    }
  });
});

describe("reconcileType() of what the origin says with nosniff", () => {
  it.each(["text/plain", "Text/Plain; charset=utf-8", "application/octet-stream", "binary/octet-stream"])(
    "never makes a type that scripts of %s",
    (said) => {
      for (const name of ["js", "mjs", "cjs", "svg", "xml", "mpd", "wasm", "pdf"]) {
        expect(verdict(name, said, { nosniff: true }), name).toEqual({ kind: "keep", contentType: said });
      }
      for (const name of ["css", "woff2", "png", "mp4"]) {
        expect(verdict(name, said, { nosniff: true }).kind, name).toBe("label");
      }
    },
  );

  it("gives its type to what comes without one, and to what has it", () => {
    expect(told("js", null, { nosniff: true })).toBe("application/javascript");
    expect(told("js", "text/javascript", { nosniff: true })).toBe("application/javascript");
  });
});

describe("kindOf() what clients are sent, for its lifetime", () => {
  it.each([
    ["css", "text/css", "css"],
    ["css", "application/javascript", "css"],
    ["js", "text/plain", "js"],
    ["js", "application/json", "other"],
    ["png", "application/xml", "other"],
    ["svg", "image/svg+xml", "image"],
    ["svg", "text/xml", "image"],
    ["gif", "video/mp4", "image"],
    ["mp4", "application/mp4", "media"],
    ["mp4", "application/json", "other"],
    ["mp4", "text/plain", "other"],
    ["ts", "video/mp2t", "media"],
    ["ts", "text/plain", "other"],
    ["ts", "application/typescript", "other"],
    ["ts", "application/javascript", "other"],
    ["gltf", "model/gltf+json", "media"],
    ["gltf", "application/json", "media"],
    ["wasm", "application/wasm", "media"],
    ["js.gz", "application/javascript", "js"],
    ["svg.gz", "image/svg+xml", "image"],
    ["json.gz", "application/json", "other"],
    ["tgz", "application/x-gzip", "media"],
    ["mpd", "application/dash+xml", "other"],
    ["unheard-of", "video/mp4", "other"],
  ])("a .%s sent as %s is of the kind %s", (name, sent, kind) => {
    expect(kindOf(assetOf(`/a.${name}`), mediaTypeOf(sent))).toBe(kind);
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
