// The part of Node's API that workerd offers and the edge uses; Node's own types would bring all of Node with them.
declare module "node:zlib" {
  type Done = (error: Error | null, result: Uint8Array) => void;
  export const constants: { readonly BROTLI_PARAM_QUALITY: number; readonly BROTLI_PARAM_SIZE_HINT: number };
  export function gzip(bytes: Uint8Array, options: { level: number }, done: Done): void;
  export function brotliCompress(bytes: Uint8Array, options: { params: Record<number, number> }, done: Done): void;
  export function zstdCompressSync(text: string): Uint8Array;
  export function deflateSync(text: string): Uint8Array;
  export function createZstdDecompress(): import("node:stream").Duplex;
}

declare module "node:stream" {
  export class Duplex {
    static toWeb(stream: Duplex): ReadableWritablePair<Uint8Array, Uint8Array>;
  }
}
