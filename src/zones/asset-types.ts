/** The kinds of asset that have a TTL of their own. */
export type AssetType = "css" | "js" | "font" | "image" | "media" | "other";

/** What a file's name says about an asset. */
export interface Asset {
  type: AssetType;
  /** The registered media type, which is sent if the origin does not know the type. */
  contentType: string;
  /** Its content is text, so an origin that calls it plain text may be right. */
  isText: boolean;
  /** It is a compressed file: an origin may send it with the type of the file inside, and call the compression its coding. */
  isCompressed: boolean;
}

const table: Record<AssetType, Record<string, string>> = {
  css: { css: "text/css" },
  js: { js: "application/javascript", mjs: "text/javascript", cjs: "application/javascript" },
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
    heif: "image/heif",
    tif: "image/tiff",
    tiff: "image/tiff",
    ktx2: "image/ktx2",
  },
  // Video, audio, programs, archives, print documents and 3D models: large, and seldom changed without a new name.
  media: {
    mp4: "video/mp4",
    m4v: "video/mp4",
    m4s: "video/iso.segment",
    webm: "video/webm",
    mov: "video/quicktime",
    mkv: "video/matroska",
    ogv: "video/ogg",
    mpg: "video/mpeg",
    mpeg: "video/mpeg",
    avi: "video/x-msvideo",
    ts: "video/mp2t",
    mp3: "audio/mpeg",
    m4a: "audio/mp4",
    ogg: "audio/ogg",
    oga: "audio/ogg",
    opus: "audio/ogg",
    weba: "audio/webm",
    wav: "audio/wav",
    flac: "audio/flac",
    aac: "audio/aac",
    mid: "audio/midi",
    midi: "audio/midi",
    wasm: "application/wasm",
    pdf: "application/pdf",
    epub: "application/epub+zip",
    zip: "application/zip",
    tar: "application/x-tar",
    tgz: "application/gzip",
    gz: "application/gzip",
    bz2: "application/x-bzip2",
    xz: "application/x-xz",
    zst: "application/zstd",
    br: "application/octet-stream",
    "7z": "application/x-7z-compressed",
    rar: "application/vnd.rar",
    jar: "application/java-archive",
    apk: "application/vnd.android.package-archive",
    glb: "model/gltf-binary",
    gltf: "model/gltf+json",
    stl: "model/stl",
    usdz: "model/vnd.usdz+zip",
  },
  other: {
    json: "application/json",
    map: "application/json",
    jsonld: "application/ld+json",
    geojson: "application/geo+json",
    webmanifest: "application/manifest+json",
    xml: "application/xml",
    rss: "application/rss+xml",
    atom: "application/atom+xml",
    txt: "text/plain",
    log: "text/plain",
    csv: "text/csv",
    tsv: "text/tab-separated-values",
    md: "text/markdown",
    vtt: "text/vtt",
    srt: "application/x-subrip",
    ics: "text/calendar",
    vcf: "text/vcard",
    yaml: "application/yaml",
    yml: "application/yaml",
    toml: "application/toml",
    m3u8: "application/vnd.apple.mpegurl",
    mpd: "application/dash+xml",
  },
};

/** What is appended to the name of a compressed file. */
const COMPRESSED = new Set(["gz", "br", "zst", "bz2", "xz"]);

/** These are listed as media above, but are text. */
const TEXT_MEDIA = new Set(["ts", "gltf"]);

const byExtension: ReadonlyMap<string, Asset> = new Map(
  Object.entries(table).flatMap(([type, extensions]) =>
    Object.entries(extensions).map(([extension, contentType]) => {
      const isCompressed = COMPRESSED.has(extension) || extension === "tgz";
      const isText = type === "other" || COMPRESSED.has(extension) || TEXT_MEDIA.has(extension);
      return [extension, { type: type as AssetType, contentType, isText, isCompressed }];
    }),
  ),
);

/** A TypeScript declaration. No transport stream has such a name. */
const DECLARATION: Asset = { type: "other", contentType: "text/plain", isText: true, isCompressed: false };

/** A compressed file counts as the kind of the file inside, if a page can use it: such as a script `x.js.gz` beside `x.js`. */
const compressed: ReadonlyMap<AssetType, ReadonlyMap<string, Asset>> = new Map(
  (["css", "js", "font", "image"] as const).map((type) => [
    type,
    new Map([...COMPRESSED].map((extension) => [extension, { ...byExtension.get(extension)!, type }])),
  ]),
);

/** The asset that the name in a path's last segment stands for; null: the name tells nothing. */
export function assetOf(path: string): Asset | null {
  const extension = extensionOf(path);
  const asset = byExtension.get(extension) ?? null;
  if (asset !== null && COMPRESSED.has(extension)) {
    const inner = byExtension.get(extensionOf(path.slice(0, -extension.length - 1)));
    return compressed.get(inner?.type ?? "other")?.get(extension) ?? asset;
  }
  return extension === "ts" && /\.d\.ts$/i.test(path) ? DECLARATION : asset;
}

/** The extension of a path's last segment in lower case, without the dot; `""`: there is none. */
export function extensionOf(path: string): string {
  const file = path.slice(path.lastIndexOf("/") + 1);
  const dot = file.lastIndexOf(".");
  return dot < 1 ? "" : file.slice(dot + 1).toLowerCase();
}
