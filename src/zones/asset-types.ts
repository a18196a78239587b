/** The kinds of asset that have a TTL of their own. */
export type AssetType = "css" | "js" | "font" | "image" | "other";

/** What an extension says about an asset. */
export interface Asset {
  type: AssetType;
  /** The registered media type, sent when the origin's answer does not contradict it. */
  contentType: string;
}

const table: Record<AssetType, Record<string, string>> = {
  css: { css: "text/css" },
  js: { js: "application/javascript", mjs: "text/javascript" },
  font: {
    woff2: "font/woff2",
    woff: "font/woff",
    ttf: "font/ttf",
    otf: "font/otf",
    ttc: "font/collection",
    eot: "application/vnd.ms-fontobject",
  },
  image: {
    png: "image/png",
    svg: "image/svg+xml",
    jpg: "image/jpeg",
    jpeg: "image/jpeg",
    gif: "image/gif",
    webp: "image/webp",
    avif: "image/avif",
    apng: "image/apng",
    bmp: "image/bmp",
    ico: "image/vnd.microsoft.icon",
    jxl: "image/jxl",
    heic: "image/heic",
    tif: "image/tiff",
    tiff: "image/tiff",
  },
  other: {
    json: "application/json",
    map: "application/json",
    wasm: "application/wasm",
    webmanifest: "application/manifest+json",
    xml: "application/xml",
    txt: "text/plain",
    csv: "text/csv",
    md: "text/markdown",
    vtt: "text/vtt",
    ics: "text/calendar",
    pdf: "application/pdf",
    zip: "application/zip",
    gz: "application/gzip",
    mp4: "video/mp4",
    m4v: "video/mp4",
    webm: "video/webm",
    mov: "video/quicktime",
    ogv: "video/ogg",
    m3u8: "application/vnd.apple.mpegurl",
    ts: "video/mp2t",
    mpd: "application/dash+xml",
    mp3: "audio/mpeg",
    m4a: "audio/mp4",
    ogg: "audio/ogg",
    opus: "audio/ogg",
    wav: "audio/wav",
    flac: "audio/flac",
    aac: "audio/aac",
    glb: "model/gltf-binary",
    gltf: "model/gltf+json",
  },
};

const byExtension: ReadonlyMap<string, Asset> = new Map(
  Object.entries(table).flatMap(([type, extensions]) =>
    Object.entries(extensions).map(([extension, contentType]) => [extension, { type: type as AssetType, contentType }]),
  ),
);

/** The asset that an extension (lower case, without the dot) stands for; null where the extension says nothing. */
export function assetOf(extension: string): Asset | null {
  return byExtension.get(extension) ?? null;
}

/** The extension of a path's last segment in lower case, without the dot; `""` where there is none. */
export function extensionOf(path: string): string {
  const file = path.slice(path.lastIndexOf("/") + 1);
  const dot = file.lastIndexOf(".");
  return dot < 1 ? "" : file.slice(dot + 1).toLowerCase();
}
