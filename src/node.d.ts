// The part of Node's API that workerd offers and the Worker and its tests use; Node's own types would bring all of Node with
// them.
declare module "node:zlib" {
  export const constants: { readonly BROTLI_PARAM_QUALITY: number; readonly BROTLI_PARAM_SIZE_HINT: number };
  export function gzipSync(bytes: Uint8Array, options: { level: number }): Uint8Array;
  export function brotliCompressSync(bytes: Uint8Array, options: { params: Record<number, number> }): Uint8Array;
  export function zstdCompressSync(text: string): Uint8Array;
  export function deflateSync(text: string): Uint8Array;
  export function createBrotliDecompress(): import("node:stream").Duplex;
  export function createZstdDecompress(): import("node:stream").Duplex;
}

declare module "node:buffer" {
  export const Buffer: { from(bytes: ArrayBufferLike, offset: number, length: number): Uint8Array };
}

declare module "node:stream" {
  export interface Duplex {
    readonly writable: boolean;
  }
  export const Duplex: { toWeb(stream: Duplex): ReadableWritablePair<Uint8Array, Uint8Array> };
}

declare module "node:async_hooks" {
  export class AsyncLocalStorage<Value> {
    run<Result>(value: Value, callback: () => Result): Result;
    getStore(): Value | undefined;
  }
}

declare module "node:crypto" {
  export interface Hash {
    update(text: string): Hash;
    digest(encoding: "base64url" | "hex"): string;
  }
  export function createHash(algorithm: "sha256"): Hash;
}
