import { connect } from "cloudflare:sockets";
import { type Framing, parseResponseHead, type ResponseHead } from "../http/response-head.ts";
import { ByteReader, Truncated } from "./byte-reader.ts";

/** Longest head of a response, and longest line before a chunk, bytes. */
const HEAD_BOUND = 65_536;
const LINE_BOUND = 4_096;
/** A body that ends with its connection is passed on in pieces of at most so many bytes. */
const PIECE_BYTES = 65_536;
/** Interim responses before the final one (RFC 9110 §15.2). */
const INTERIM_BOUND = 10;
/** Trailer fields behind the last chunk. */
const TRAILER_BOUND = 100;

/** A request over a connection of its own. */
export interface SocketRequest {
  method: string;
  headers: Headers;
  body?: ReadableStream<Uint8Array> | null;
  signal: AbortSignal;
}

/**
 * A `fetch` that sends a `Host` of its own: the platform's sends the URL's, always. One HTTP/1.1 exchange over a new
 * connection; TLS is with the URL's host. Redirects are answers, as with `redirect: "manual"`.
 *
 * @param origin `scheme://host[:port]`
 * @throws where there is no answer that can be understood
 */
export async function socketFetch(
  origin: string,
  pathAndQuery: string,
  host: string,
  { method, headers, body = null, signal }: SocketRequest,
): Promise<Response> {
  signal.throwIfAborted();
  const { protocol, hostname, port } = new URL(origin);
  const isTls = protocol === "https:";
  const socket = connect(
    { hostname, port: Number(port) || (isTls ? 443 : 80) },
    { secureTransport: isTls ? "on" : "off", allowHalfOpen: true },
  );
  const close = () => void socket.close().catch(() => undefined); // a socket that has failed is closed
  signal.addEventListener("abort", close);
  socket.closed.catch(() => undefined); // whoever reads or writes is told
  try {
    const framing: BodyFraming = body === null ? "none" : headers.has("content-length") ? "length" : "chunked";
    const sent = send(socket.writable, requestHead(method, pathAndQuery, host, headers, framing), body, framing);
    // An origin may answer before it has read everything, so only the answer counts.
    sent.catch(() => undefined);
    const reader = new ByteReader(socket.readable);
    const head = await finalHead(reader, method);
    return toResponse(head, reader, close);
  } catch (error) {
    close();
    throw error;
  } finally {
    signal.removeEventListener("abort", close);
  }
}

type BodyFraming = "none" | "length" | "chunked";

function requestHead(method: string, target: string, host: string, headers: Headers, framing: BodyFraming): string {
  const fields = [...headers].filter(
    ([name]) => name !== "host" && name !== "connection" && name !== "transfer-encoding",
  );
  const framed = framing === "chunked" ? ["transfer-encoding: chunked"] : [];
  const lines = [
    `${method} ${target} HTTP/1.1`,
    `host: ${host}`,
    "connection: close",
    ...framed,
    ...fields.map(([name, value]) => `${name}: ${value}`),
  ];
  return `${lines.join("\r\n")}\r\n\r\n`;
}

async function send(
  writable: WritableStream<Uint8Array>,
  head: string,
  body: ReadableStream<Uint8Array> | null,
  framing: BodyFraming,
): Promise<void> {
  const encoder = new TextEncoder();
  const writer = writable.getWriter();
  await writer.write(encoder.encode(head));
  if (body === null) return;
  for await (const bytes of body) {
    if (bytes.byteLength === 0) continue; // a chunk of no bytes would be the last
    if (framing === "chunked") await writer.write(encoder.encode(`${bytes.byteLength.toString(16)}\r\n`));
    await writer.write(bytes);
    if (framing === "chunked") await writer.write(encoder.encode("\r\n"));
  }
  if (framing === "chunked") await writer.write(encoder.encode("0\r\n\r\n"));
}

async function finalHead(reader: ByteReader, method: string): Promise<ResponseHead> {
  for (let i = 0; i < INTERIM_BOUND; i++) {
    const head = parseResponseHead(await reader.textBefore(2, HEAD_BOUND), method);
    if (head === null || head.status === 101) throw new Error("the origin's response cannot be understood");
    if (head.status >= 200) return head;
  }
  throw new Error("the origin sends interim responses without end");
}

/** Codings that the platform undoes in its own responses only: in capitals they are left to us. */
const OF_THE_PLATFORM = /^(?:gzip|br)$/;

function toResponse(head: ResponseHead, reader: ByteReader, close: () => void): Response {
  const headers = new Headers();
  for (const [name, value] of head.headers) {
    const isCoding = name === "content-encoding" && OF_THE_PLATFORM.test(value);
    headers.append(name, isCoding ? value.toUpperCase() : value);
  }
  headers.delete("transfer-encoding");
  const { framing, status } = head;
  if (framing.kind === "none") {
    close();
    return new Response(null, { status, headers });
  }
  const { readable, writable } =
    framing.kind === "length" ? new FixedLengthStream(framing.length) : new IdentityTransformStream();
  const writer = writable.getWriter();
  // A reader that leaves ends the connection, however silent the origin is.
  writer.closed.catch(close);
  // Whoever reads the body is told where it breaks off.
  receive(reader, framing, writer)
    .catch(() => undefined)
    .finally(close);
  return new Response(readable, { status, headers });
}

async function receive(reader: ByteReader, framing: Framing, writer: WritableStreamDefaultWriter<Uint8Array>) {
  try {
    if (framing.kind === "length") await pass(reader, framing.length, writer);
    else if (framing.kind === "chunked") await receiveChunks(reader, writer);
    else await receiveToEnd(reader, writer);
    await writer.close();
  } catch (error) {
    await writer.abort(error);
    throw error;
  }
}

/** RFC 9112 §6.3: without a length the body goes on until the connection ends. */
async function receiveToEnd(reader: ByteReader, writer: WritableStreamDefaultWriter<Uint8Array>): Promise<void> {
  for (let bytes = await reader.some(PIECE_BYTES); bytes !== null; bytes = await reader.some(PIECE_BYTES)) {
    await writer.write(bytes);
  }
}

/** RFC 9112 §7.1: chunks with their lengths in hexadecimal, then trailers, which nobody asked for. */
async function receiveChunks(reader: ByteReader, writer: WritableStreamDefaultWriter<Uint8Array>): Promise<void> {
  for (;;) {
    const size = /^([0-9a-f]{1,8})[ \t]*(?:;[^\r\n]*)?$/i.exec(await reader.textBefore(1, LINE_BOUND))?.[1];
    if (size === undefined) throw new Truncated("no length before a chunk");
    const length = Number.parseInt(size, 16);
    if (length === 0) break;
    await pass(reader, length, writer);
    if ((await reader.textBefore(1, 2)) !== "") throw new Truncated("a chunk is longer than it says");
  }
  for (let trailers = 0; (await reader.textBefore(1, LINE_BOUND)) !== ""; trailers++) {
    if (trailers === TRAILER_BOUND) throw new Truncated("trailers without end");
  }
}

async function pass(
  reader: ByteReader,
  length: number,
  writer: WritableStreamDefaultWriter<Uint8Array>,
): Promise<void> {
  for (let left = length; left > 0; ) {
    const bytes = await reader.some(left);
    if (bytes === null) throw new Truncated("ended within the body");
    left -= bytes.byteLength;
    await writer.write(bytes);
  }
}
