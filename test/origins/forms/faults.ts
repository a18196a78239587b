import { createHash } from "node:crypto";
import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync, zstdDecompressSync } from "node:zlib";
import type { NoAnswer, RawAnswer } from "../raw-client.ts";
import { digestsOf, type Resource, rangeOf } from "./resource.ts";

/** A request as a client sends it. */
export interface Asked {
  method: string;
  headers: Record<string, string>;
}

/** What clients have been told of a resource. */
export interface Known {
  /** The bytes behind each strong tag, by hash. */
  strong: Map<string, string>;
  tags: Set<string>;
}

/** Origins that contradict themselves may cost their clients the answer, never the truth of one. */
const LIES: readonly Resource["parts"][] = ["contradicting", "without a label", "unasked", "miscounted"];

/** What is wrong with an answer: whether its client can read it by what it says, and whether what it says is true. */
export function* faultsOf(
  got: RawAnswer | NoAnswer,
  asked: Asked,
  resource: Resource,
  known: Known,
): Generator<string> {
  if (got.end !== "whole") {
    yield `the answer is ${got.end}`;
    return;
  }
  const { status, headers, body } = got;
  const isLying = LIES.includes(resource.parts);
  if (![200, 206, 304, 416].includes(status) && !(status === 502 && isLying)) yield `status ${status}`;
  if (status === 502) return;
  const coding = headers["content-encoding"] ?? null;
  yield* tagFaults(headers.etag, asked, status, resource, known);
  if (status === 304 || status === 416) {
    if (body.byteLength > 0) yield `a ${status} with a body`;
    if (status === 304 && digestNames(headers).length > 0) yield `a 304 with ${digestNames(headers)}`;
    return;
  }
  const names = codingsOf(coding);
  if (names.some((name) => !accepts(asked.headers["accept-encoding"], name)) && !resource.staysAsItCame)
    yield `${coding} was not asked for`;
  if (coding !== null && !resource.staysAsItCame && !/accept-encoding/i.test(headers.vary ?? ""))
    yield `${coding} without Vary`;
  if (asked.method === "HEAD") {
    yield* headFaults(headers, coding, resource);
    return;
  }
  if (status === 206) {
    yield* partFaults(got, coding, asked, resource);
    return;
  }
  const read = decoded(body, names, resource.plain);
  if (!read.equals(resource.plain)) yield `${body.byteLength} bytes in ${coding} are not the resource`;
  yield* digestFaults(headers, body, body);
  if (headers.etag?.startsWith('"')) {
    const hash = createHash("sha256").update(body).digest("hex");
    const before = known.strong.get(headers.etag);
    known.strong.set(headers.etag, hash);
    if (before !== undefined && before !== hash) yield `the strong tag ${headers.etag} names two contents`;
  }
}

function* headFaults(
  headers: RawAnswer["headers"],
  coding: string | null,
  { plain, sent }: Resource,
): Generator<string> {
  const length = headers["content-length"];
  const whole = coding === null ? plain : sent;
  if (coding === null && length !== undefined && Number(length) !== whole.byteLength) yield `Content-Length ${length}`;
  yield* digestFaults(headers, Buffer.alloc(0), whole);
}

function* partFaults(
  { headers, body }: RawAnswer,
  coding: string | null,
  asked: Asked,
  resource: Resource,
): Generator<string> {
  const whole = coding === null ? resource.plain : resource.sent;
  const isLying = LIES.includes(resource.parts);
  const [, first = "", last = "", size = ""] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(headers["content-range"] ?? "") ?? [];
  if (size === "") {
    yield `a 206 with Content-Range ${headers["content-range"]}`;
    return;
  }
  // An origin that has miscounted where the whole ends is given its word.
  const isOfEnd = resource.parts === "miscounted" && Number(last) + 1 === Number(size);
  if (!isOfEnd && body.byteLength !== Number(last) + 1 - Number(first))
    yield `${body.byteLength} bytes of ${first}-${last}`;
  if (!body.equals(whole.subarray(Number(first), Number(last) + 1)))
    yield `wrong bytes as ${first}-${last} in ${coding}`;
  if (!isLying && Number(size) !== whole.byteLength) yield `a part of ${size} bytes, not of ${whole.byteLength}`;
  if (!isLying && `${rangeOf(asked.headers.range, whole.byteLength)}` !== `${first},${last}`)
    yield `${first}-${last} for ${asked.headers.range}`;
  const ifRange = asked.headers["if-range"];
  if (ifRange !== undefined && (ifRange !== headers.etag || !ifRange.startsWith('"')))
    yield `a part of ${headers.etag} for ${ifRange}`;
  yield* digestFaults(headers, body, whole);
}

const DIGESTS = ["content-digest", "repr-digest", "content-md5", "digest"];

const digestNames = (headers: RawAnswer["headers"]) => DIGESTS.filter((name) => headers[name] !== undefined);

function* digestFaults(headers: RawAnswer["headers"], content: Buffer, whole: Buffer): Generator<string> {
  const truth = digestsOf(content, whole);
  for (const name of digestNames(headers)) if (headers[name] !== truth[name]) yield `a wrong ${name}`;
}

function* tagFaults(
  etag: string | undefined,
  asked: Asked,
  status: number,
  resource: Resource,
  known: Known,
): Generator<string> {
  const mine = asked.headers["if-none-match"];
  if (status === 304 && (mine === undefined || etag === undefined || bare(mine) !== bare(etag)))
    yield `a 304 of ${etag} for ${mine}`;
  if (mine !== undefined && resource.etag !== null && status !== 304 && status !== 416 && asked.method !== "POST")
    yield `${status} for a client that has ${mine}`;
  if (etag === undefined) {
    if (resource.etag !== null && status !== 416) yield "no tag";
    return;
  }
  if (!/^(?:W\/)?"[\x21\x23-\x7e]*"$/.test(etag)) yield `the tag ${etag}`;
  if (status !== 416) known.tags.add(etag);
}

const bare = (tag: string) => tag.replace(/^W\//, "");

/** The codings that a client reads by a label. */
function codingsOf(label: string | null): string[] {
  return label === null ? [] : label.split(",").flatMap((name) => name.trim().toLowerCase() || []);
}

function accepts(acceptEncoding: string | undefined, coding: string): boolean {
  const names = (acceptEncoding ?? "").split(",").map((member) => member.trim());
  return names.includes(coding.replace("x-", "")) || names.includes("*");
}

/** What a client reads that takes off all that the label names; none of these clients knows a coding that nobody knows. */
function decoded(body: Buffer, codings: readonly string[], plain: Buffer): Buffer {
  try {
    return codings.reduceRight((bytes, coding) => (bytes.byteLength === 0 ? bytes : DECODERS[coding]!(bytes)), body);
  } catch {
    // Named twice, and on once: as it came from an origin that forbids to mend it.
    const once = codings.slice(0, 1).reduce((bytes, coding) => DECODERS[coding]?.(bytes) ?? bytes, body);
    return once.equals(plain) ? once : Buffer.from("unreadable");
  }
}

const DECODERS: Record<string, (bytes: Buffer) => Buffer> = {
  gzip: gunzipSync,
  "x-gzip": gunzipSync,
  br: brotliDecompressSync,
  deflate: (bytes) => ((bytes[0]! & 0x0f) === 8 ? inflateSync(bytes) : inflateRawSync(bytes)),
  zstd: zstdDecompressSync,
  exotic: (bytes) => bytes,
};
