import type { Asset } from "../../zones/asset-types.ts";

/**
 * How the origin's media type stands to the one that the extension promises.
 * `mismatch`: the origin sent something else than was asked for, such as a page for `/x.css`. It is neither relabelled
 * nor stored: storing it is how web cache deception works.
 */
export type TypeVerdict = { kind: "label"; contentType: string } | { kind: "keep" } | { kind: "mismatch" };

/** Media types that mean "the origin does not know". */
const UNKNOWN = new Set(["", "application/octet-stream", "binary/octet-stream", "text/plain"]);

/** What origins say for a kind of asset beside the registered type. */
const SYNONYMS: Record<Asset["type"], RegExp> = {
  css: /^text\/css$/,
  js: /^(text|application)\/(x-)?(java|ecma)script$/,
  font: /^(font\/.+|application\/(x-)?font-.+|application\/vnd\.ms-(fontobject|opentype))$/,
  image: /^image\/.+/,
  other: /^$/,
};

/** Types that a charset means something to. */
const TEXTUAL = /^text\/|[/+](javascript|json|xml)$/;

/** Types whose encoding is UTF-8 unless they say otherwise, so that saying it adds nothing. */
const UTF8_BY_DEFAULT = /^(text\/css|(text|application)\/javascript|image\/svg\+xml|application\/.+)$/;

/** Types that can hold scripts: as one, as a document, or as code for one. */
const SCRIPTING = /javascript|html|xml|wasm|pdf/;

/**
 * Compares what the origin says (a whole `Content-Type` value, or null) with what the extension promises.
 *
 * @param nosniff whether the origin forbids taking the content for anything else: an upload that it calls plain text, so
 *   that nobody runs it, does not become a script by its name
 */
export function reconcileType(asset: Asset | null, originType: string | null, nosniff = false): TypeVerdict {
  if (asset === null) return { kind: "keep" };
  const [essence, charset] = splitType(originType ?? "");
  if (nosniff && essence !== "" && UNKNOWN.has(essence) && SCRIPTING.test(asset.contentType)) return { kind: "keep" };
  if (essence === asset.contentType || UNKNOWN.has(essence)) return label(asset, charset);
  if (SYNONYMS[asset.type].test(essence)) {
    // A negotiated image (WebP for .png) must keep its own name; a script or font has synonyms only.
    return asset.type === "image" && !isSameImage(essence, asset.contentType)
      ? { kind: "keep" }
      : label(asset, charset);
  }
  if (asset.type !== "other") return { kind: "mismatch" };
  return sameFamily(essence, asset.contentType) ? { kind: "keep" } : { kind: "mismatch" };
}

function label(asset: Asset, charset: string | null): TypeVerdict {
  const implied =
    charset === null ||
    !TEXTUAL.test(asset.contentType) ||
    (charset === "utf-8" && UTF8_BY_DEFAULT.test(asset.contentType));
  return { kind: "label", contentType: implied ? asset.contentType : `${asset.contentType}; charset=${charset}` };
}

function isSameImage(essence: string, registered: string): boolean {
  const bare = (type: string) => type.replace(/^image\/(x-|vnd\.microsoft\.)?/, "").replace(/^jpg$/, "jpeg");
  return bare(essence) === bare(registered);
}

/** Video for video, JSON for JSON, XML for XML, other application types for each other; never a page for a document. */
function sameFamily(essence: string, registered: string): boolean {
  if (essence === "text/html" || essence === "application/xhtml+xml") return false;
  const family = (type: string) => {
    if (/[/+]json$/.test(type)) return "json";
    if (/[/+]xml$/.test(type)) return "xml";
    return type.slice(0, type.indexOf("/"));
  };
  return family(essence) === family(registered);
}

function splitType(value: string): [essence: string, charset: string | null] {
  const [essence = "", ...parameters] = value.split(";").map((part) => part.trim().toLowerCase());
  const charset = parameters.find((parameter) => parameter.startsWith("charset="));
  const name = charset?.slice("charset=".length).replaceAll('"', "") ?? null;
  return [essence, name !== null && /^[a-z0-9._-]+$/.test(name) ? name : null];
}

/** Fetch, "determine nosniff": the first value, whatever its case. */
export function isNosniff(headers: Headers): boolean {
  const [first = ""] = (headers.get("x-content-type-options") ?? "").split(",", 1);
  return first.trim().toLowerCase() === "nosniff";
}
