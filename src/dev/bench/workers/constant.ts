/** Answers the same again and again, with as little work as this runtime allows. */
import { assetBody } from "../asset-body.ts";

interface Env {
  SIZE: number;
  /** `stream`: in writes of 64 KiB. */
  FORM: "buffer" | "stream";
  HEADERS: [string, string][];
}

/** workerd's own: a stream that has a Content-Length. */
declare const FixedLengthStream: new (length: number) => TransformStream<Uint8Array, Uint8Array>;

const CHUNK_BYTES = 65_536;

let prepared: { headers: Headers; body: Uint8Array<ArrayBuffer> } | null = null;

export default {
  fetch(_request: Request, env: Env): Response {
    prepared ??= { headers: new Headers(env.HEADERS), body: assetBody(env.SIZE) };
    const { headers, body } = prepared;
    return new Response(env.FORM === "buffer" ? body : streamed(body), { headers });
  },
};

function streamed(body: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array> {
  const { readable, writable } = new FixedLengthStream(body.byteLength);
  const writer = writable.getWriter();
  const write = async () => {
    for (let at = 0; at < body.byteLength; at += CHUNK_BYTES) await writer.write(body.subarray(at, at + CHUNK_BYTES));
    await writer.close();
  };
  // Whoever hangs up in the middle wants no more of it.
  write().catch(() => undefined);
  return readable;
}
