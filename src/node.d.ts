// The part of Node's API that workerd offers and that the Worker and its tests use; Node's own types would bring in all of
// Node.
declare module "node:zlib" {
  export const constants: {
    readonly BROTLI_PARAM_QUALITY: number;
    readonly BROTLI_PARAM_SIZE_HINT: number;
    readonly ZSTD_d_windowLogMax: number;
  };
  export function gzipSync(bytes: Uint8Array | string, options?: { level: number }): Uint8Array;
  export function gunzipSync(bytes: Uint8Array): Uint8Array;
  export function brotliCompressSync(bytes: Uint8Array, options: { params: Record<number, number> }): Uint8Array;
  export function brotliDecompressSync(bytes: ArrayBuffer): Uint8Array;
  export function zstdCompressSync(text: string): Uint8Array;
  export function deflateSync(text: string): Uint8Array;
  type Create = (options: {
    chunkSize?: number;
    level?: number;
    params?: Record<number, number>;
  }) => import("node:stream").Transform;
  export const createGzip: Create;
  export const createBrotliCompress: Create;
  export const createGunzip: Create;
  export const createInflate: Create;
  export const createInflateRaw: Create;
  export const createBrotliDecompress: Create;
  export const createZstdDecompress: Create;
}

declare module "node:buffer" {
  export const Buffer: { from(bytes: ArrayBufferLike, offset: number, length: number): Uint8Array };
}

declare module "node:stream" {
  export interface Transform extends AsyncIterable<Uint8Array> {
    readonly readableLength: number;
    _read(size: number): void;
    push(piece: Uint8Array | null): boolean;
    destroy(error?: Error): void;
  }
  export function pipeline(source: AsyncIterable<Uint8Array>, transform: Transform, done: () => void): void;
}

declare module "node:async_hooks" {
  export class AsyncLocalStorage<Value> {
    run<Result>(value: Value, callback: () => Result): Result;
    getStore(): Value | undefined;
  }
}

declare module "node:crypto" {
  export interface Hash {
    update(part: string | Uint8Array): Hash;
    digest(encoding: "base64url" | "hex"): string;
    digest(): Uint8Array;
  }
  export function createHash(algorithm: "sha256"): Hash;
  export interface Hmac {
    update(part: string | Uint8Array): Hmac;
    digest(encoding: "base64url"): string;
  }
  export function createHmac(algorithm: "sha256", key: string): Hmac;
  interface Cipher {
    setAAD(data: Uint8Array): void;
    update(bytes: Uint8Array): Uint8Array;
    final(): Uint8Array;
    getAuthTag(): Uint8Array;
    setAuthTag(tag: Uint8Array): void;
  }
  type CreateCipher = (algorithm: "aes-256-gcm", key: Uint8Array, iv: Uint8Array) => Cipher;
  export const createCipheriv: CreateCipher;
  export const createDecipheriv: CreateCipher;
}
