import type { MediaType } from "../../http/media-type.ts";
import type { Asset, AssetType } from "../../zones/asset-types.ts";

/**
 * How an answer's media type relates to the name that was asked for, and the type that clients are told; null: none.
 *
 * - `label`: the type that the name promises. It replaces a type that means the same, is no type, or is refused by browsers.
 * - `keep`: the origin's own type, whatever it is, since a name is only a hint.
 * - `page`: HTML where something else was asked for. Storing that is how web cache deception works: a link to `/account/x.css`
 *   has the victim's browser fetch the page `/account` into the cache, where others find it.
 * - `data`: JSON where a script, style, font or image was asked for. It may be an API's answer about one user, so an origin
 *   that means it for everybody has to say so.
 */
export interface TypeVerdict {
  kind: "label" | "keep" | "page" | "data";
  contentType: string | null;
}

/** Media types that mean "the origin does not know" (MIME Sniffing §7, and others that object stores and servers use). */
const UNKNOWN = new Set([
  "application/octet-stream",
  "binary/octet-stream",
  "application/unknown",
  "content/unknown",
  "unknown/unknown",
]);

/**
 * Kinds whose type browsers insist on, or guess by the name alone, with the types that each may have besides the registered
 * one.
 */
const SYNONYMS: Partial<Record<AssetType, RegExp>> = {
  css: /^text\/css$/,
  // MIME Sniffing §4.6, "JavaScript MIME type", and the type that CommonJS is registered as.
  js: /^((text|application)\/(x-)?(java|ecma)script|text\/(javascript1\.[0-5]|jscript|livescript)|application\/node)$/,
  font: /^(font\/.+|application\/(x-)?font-.+|application\/vnd\.ms-(fontobject|opentype))$/,
  image: /^image\/.+/,
};

/** Types for which a charset means something. Others get none: browsers reject Wasm whose type has a parameter. */
const TEXTUAL = /^text\/|[/+](javascript|json|xml)$/;

/** Types that can run scripts: as a script, as a document, or as code for one. */
const SCRIPTING = /javascript|html|xml|wasm|pdf/;

/** What decides its type besides the type that it states. */
interface Circumstances {
  /**
   * The origin forbids treating the content as anything else. So an upload that it calls plain text, to keep it from being run,
   * does not become a script because of its name.
   */
  nosniff?: boolean;
  /** It has no type, and its body begins like a page. */
  isPage?: boolean;
}

/**
 * Compares what the origin says with what the name promises.
 *
 * @param said null: no type, or one that cannot be read
 */
export function reconcileType(
  asset: Asset | null,
  said: MediaType | null,
  { nosniff = false, isPage = false }: Circumstances = {},
): TypeVerdict {
  const verdict = (kind: TypeVerdict["kind"]): TypeVerdict => ({ kind, contentType: said?.text ?? null });
  if (asset === null) return verdict("keep");
  if (said === null) return { kind: isPage ? "page" : "label", contentType: asset.contentType };
  const { essence, charset } = said;
  if (essence.includes("html")) return verdict("page");
  if (asset.type in SYNONYMS && essence.includes("json")) return verdict("data");
  if (!isMended(asset, essence, nosniff)) return verdict("keep");
  const named = charset !== null && TEXTUAL.test(asset.contentType) ? `; charset=${charset}` : "";
  return { kind: "label", contentType: asset.contentType + named };
}

function isMended(asset: Asset, essence: string, nosniff: boolean): boolean {
  if (UNKNOWN.has(essence)) return !(nosniff && SCRIPTING.test(asset.contentType));
  if (essence === "text/plain") return !asset.isText && !(nosniff && SCRIPTING.test(asset.contentType));
  if (asset.isCompressed) return false;
  if (essence === "application/wasm") return asset.contentType === essence;
  // A negotiated image (WebP for .png) must keep its own name; a style, script or font has synonyms only.
  const isSynonym = SYNONYMS[asset.type]?.test(essence) ?? false;
  return isSynonym && (asset.type !== "image" || isSameImage(essence, asset.contentType));
}

function isSameImage(essence: string, registered: string): boolean {
  const bare = (type: string) =>
    type
      .replace(/^image\/(x-|vnd\.microsoft\.)?/, "")
      .replace(/^p?jpe?g$/, "jpeg")
      .replace(/^svg([+-]xml)?$/, "svg")
      .replace(/^ico$/, "icon");
  return bare(essence) === bare(registered);
}

/**
 * The kind of asset that an answer counts as for its TTL: the one that its name promises, unless it is data or text that the
 * name does not promise. A `.ts` file with TypeScript in it is not a video.
 *
 * @param sent the type that clients are told
 */
export function kindOf(asset: Asset | null, sent: MediaType | null): AssetType {
  if (asset === null) return "other";
  const essence = sent?.essence ?? "";
  const { type, contentType } = asset;
  if (JSON_TYPE.test(essence) && !contentType.includes("json")) return "other";
  if (XML_TYPE.test(essence) && !contentType.includes("xml")) return "other";
  return type === "media" && TEXT.test(essence) ? "other" : type;
}

/** Models and images that are written in JSON or XML count as models and images. */
const JSON_TYPE = /^(?!model\/).*json/;
const XML_TYPE = /^(?!image\/).*[/+]xml$/;
const TEXT = /^text\/|(java|ecma|type)script$/;

/** Fetch, "determine nosniff": the first value, in any case. */
export function isNosniff(headers: Headers): boolean {
  const [first = ""] = (headers.get("x-content-type-options") ?? "").split(",", 1);
  return first.trim().toLowerCase() === "nosniff";
}
