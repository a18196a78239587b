import type { Transform } from "node:stream";

/** Node's compression, as workerd provides it. */
export type Zlib = typeof import("node:zlib");

/** The size of the pieces that a decoder returns, bytes. */
const PIECE_BYTES = 65_536;

/** For zstd as a content coding, by RFC 9659 §3: 8 MiB. */
const ZSTD_WINDOW_BITS = 23;

/** A decoder, and how many bytes of its output it keeps: few with gzip and deflate. */
export interface Decoder {
  decoder: Transform;
  windowBytes: number;
}

/** Makes a decoder for a coding (one of `DECODABLE`), for a body that begins with this byte. */
export function makeDecoder(zlib: Zlib, coding: string, first: number): Decoder {
  const options = { chunkSize: PIECE_BYTES };
  switch (coding) {
    case "gzip":
      return { decoder: zlib.createGunzip(options), windowBytes: 0 };
    case "deflate":
      return { decoder: isZlib(first) ? zlib.createInflate(options) : zlib.createInflateRaw(options), windowBytes: 0 };
    case "br":
      return { decoder: zlib.createBrotliDecompress(options), windowBytes: brotliWindow(first) };
    case "zstd": {
      const params = { [zlib.constants.ZSTD_d_windowLogMax]: ZSTD_WINDOW_BITS };
      return { decoder: zlib.createZstdDecompress({ ...options, params }), windowBytes: 1 << ZSTD_WINDOW_BITS };
    }
    default:
      throw new Error(`no decoder for ${coding}`);
  }
}

/**
 * Whether "deflate" is in the zlib format, as it should be. RFC 9110 §8.4.1.2: "Some non-conformant implementations send the
 * "deflate" compressed data without the zlib wrapper."
 */
function isZlib(first: number): boolean {
  // RFC 1950 §2.2: CM = 8.
  return (first & 0x0f) === 8;
}

/** RFC 7932 §9.1: WBITS. */
function brotliWindow(first: number): number {
  if ((first & 1) === 0) return 1 << 16;
  const large = (first >> 1) & 7;
  return 1 << (large > 0 ? 17 + large : 17);
}
