import { extensionOf } from "../../zones/asset-types.ts";

const EXTENSIONS: ReadonlySet<string> = new Set(
  "7z apk br bz2 gz jar lz4 lzma rar svgz taz tbz tbz2 tgz txz tzst xz z zip zst zstd".split(" "),
);

const TYPES =
  /^application\/(?:gzip|zip|zstd|(?:x-)?(?:gzip|gunzip|gtar-compressed|tgz|compress|compressed|bzip|bzip2|xz|lzma|lz4|zip-compressed|7z-compressed|rar-compressed|brotli|zstd)|x-compressed-tar|vnd\.rar|java-archive|vnd\.android\.package-archive)$/;

/** Whether a file is compressed data, by its name or by its own type: its reader will unpack it. */
export function isCompressedData(path: string, contentType: string | null): boolean {
  const [essence = ""] = (contentType ?? "").split(";", 1);
  return EXTENSIONS.has(extensionOf(path)) || TYPES.test(essence.trim().toLowerCase());
}
