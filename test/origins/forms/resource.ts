import { createHash } from "node:crypto";
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import type { Random } from "../../model/random.ts";
import { type Behaviour, chunk, head, LAST_CHUNK } from "../raw-origin.ts";

/** What an origin has under a path, and how it answers for it. */
export interface Resource {
  path: string;
  /** The bytes without a coding. */
  plain: Buffer;
  /** The bytes as the origin sends them, under its label. */
  sent: Buffer;
  /** `Content-Encoding`; null: none. */
  label: string | null;
  /** Whether the bytes must stay as they came: RFC 9110 §7.7, compressed data, codings that nobody here knows. */
  staysAsItCame: boolean;
  etag: string | null;
  /** What its parts say of themselves. */
  parts: "none" | "true" | "of no length" | "miscounted" | "contradicting" | "without a label" | "unasked";
  behaviour: Behaviour;
}

type Codings = readonly [label: string | null, encode: (plain: Buffer) => Buffer][];

const same = (plain: Buffer) => plain;

const CODINGS: Codings = [
  [null, same],
  [null, same],
  ["gzip", gzipSync],
  ["GZIP", gzipSync],
  ["x-gzip", gzipSync],
  ["br", brotliCompressSync],
  ["deflate", deflateSync],
  ["deflate", deflateRawSync],
  ["zstd", zstdCompressSync],
  ["gzip,", gzipSync],
  ["aws-chunked,gzip", gzipSync],
  ["UTF-8", same],
  ["identity", same],
  ["gzip, gzip", gzipSync],
  ["gzip, gzip", (plain) => gzipSync(gzipSync(plain))],
  ["br, br", brotliCompressSync],
  ["deflate, gzip", (plain) => gzipSync(deflateSync(plain))],
  ["exotic", same],
];

const TYPES: readonly [extension: string, type: string | null, isCompressed?: true][] = [
  [".css", "text/css"],
  [".js", "application/javascript; charset=utf-8"],
  [".json", "application/json"],
  [".svg", "image/svg+xml"],
  [".wasm", "application/wasm"],
  ["", "text/html; charset=utf-8"],
  ["", null],
  [".txt", "text/plain"],
  [".woff2", "font/woff2"],
  [".png", "image/png"],
  [".mp4", "video/mp4"],
  [".tgz", "application/x-gzip", true],
  [".js.gz", "text/javascript", true],
  ["", "application/gzip", true],
];

const CACHING = [
  "max-age=60",
  "max-age=60",
  "max-age=60, no-transform",
  "no-store",
  "no-store, no-transform",
  "no-cache",
];

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("base64");

/** The digests of a message, and of the representation that it is of. */
export function digestsOf(content: Uint8Array, representation: Uint8Array): Record<string, string> {
  return {
    "content-digest": `sha-256=:${sha256(content)}:`,
    "repr-digest": `sha-256=:${sha256(representation)}:`,
    "content-md5": createHash("md5").update(content).digest("base64"),
    digest: `SHA-256=${sha256(representation)}`,
  };
}

/** Makes a resource that any origin might have. */
export function randomResource(path: string, random: Random): Resource {
  const [extension, type, isCompressed = false] = random.pick(TYPES);
  const [label, encode] = random.pick(CODINGS);
  const plain = Buffer.from("a line of text, and of no other kind\n".repeat(400)).subarray(0, random.pick(SIZES));
  plain.length > 40 && plain.write(path, 4);
  const sent = encode(plain);
  const caching = random.pick(CACHING);
  const etag = random.pick([null, '"v1"', 'W/"v1"', "v1", '"v 1"', "w/v1"]);
  const parts = random.pick(PARTS);
  const staysAsItCame = isCompressed || caching.includes("no-transform") || label === "exotic";
  const resource = { path: path + extension, plain, sent, label, staysAsItCame, etag, parts };
  const fields = {
    "Cache-Control": caching,
    ...(type !== null && { "Content-Type": type }),
    ...(label !== null && { "Content-Encoding": label }),
    ...(etag !== null && { ETag: etag }),
  };
  return { ...resource, behaviour: behaviourOf(resource, fields, random.chance(0.5), random.chance(0.4)) };
}

const SIZES = [0, 1, 40, 1_000, 1_024, 5_000, 14_000];
const PARTS = [
  "none",
  "true",
  "true",
  "true",
  "of no length",
  "miscounted",
  "contradicting",
  "without a label",
  "unasked",
] as const;

function behaviourOf(
  { sent, etag, parts }: Omit<Resource, "behaviour">,
  fields: Record<string, string>,
  isDigested: boolean,
  isChunked: boolean,
): Behaviour {
  return (socket, { method, headers }) => {
    const send = (body: Buffer, status: number, more: Record<string, string> = {}, inChunks = isChunked) => {
      const digests = isDigested && method !== "HEAD" ? digestsOf(body, sent) : {};
      const framing = inChunks ? { "Transfer-Encoding": "chunked" } : { "Content-Length": String(body.byteLength) };
      socket.write(head({ ...fields, ...digests, ...more, ...framing }, status));
      if (method === "HEAD") return;
      socket.write(inChunks ? Buffer.concat([body.length > 0 ? chunk(body) : body, Buffer.from(LAST_CHUNK)]) : body);
    };
    if (etag !== null && headers["if-none-match"] === etag) {
      socket.write(head(fields, 304));
      return;
    }
    const asked = rangeOf(parts === "unasked" ? "bytes=0-0" : headers.range, sent.byteLength);
    const mayBePart = method === "GET" && parts !== "none" && headers["if-range"] === undefined;
    if (asked === null || !mayBePart) return send(sent, 200);
    const [first, last] = asked;
    if (first > last) return send(Buffer.alloc(0), 416, { "Content-Range": `bytes */${sent.byteLength}` }, false);
    const part = sent.subarray(first, last + 1);
    const of = (end: number, size = sent.byteLength) => ({ "Content-Range": `bytes ${first}-${end}/${size}` });
    switch (parts) {
      case "without a label":
        return send(part, 206);
      case "contradicting":
        return send(part, 206, of(first, first + 2), false);
      case "miscounted":
        return send(part, 206, of(last + 1, sent.byteLength + 1), false);
      default:
        return send(part, 206, of(last), parts === "of no length");
    }
  };
}

/** The first and the last byte of a range; null where there is none to be heeded. */
export function rangeOf(field: string | undefined, size: number): [first: number, last: number] | null {
  const [, from = "", to = ""] = /^bytes=(\d*)-(\d*)$/.exec(field ?? "") ?? [];
  if (from === "" && to === "") return null;
  if (from === "") return size === 0 ? null : [Number(to) === 0 ? size : Math.max(0, size - Number(to)), size - 1];
  return to !== "" && Number(to) < Number(from)
    ? null
    : [Number(from), Math.min(to === "" ? size : Number(to), size - 1)];
}
