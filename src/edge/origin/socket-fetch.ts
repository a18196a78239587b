import { connect } from "cloudflare:sockets";
import { type Framing, parseResponseHead, type ResponseHead } from "../../http/response-head.ts";
import { ByteReader, EndedEarly, Malformed } from "./byte-reader.ts";
import { pieceStream } from "./piece-stream.ts";

/** For all heads of a response together, including interim responses (RFC 9110 §15.2), and for all trailers (bytes). */
const HEAD_BOUND = 131_072;
/** For the line before a chunk, and for all chunk extensions together (bytes). */
const LINE_BOUND = 4_096;
const EXTENSIONS_BOUND = 65_536;
/** The largest piece in which a body is passed on, bytes. */
const PIECE_BYTES = 65_536;
/** A request over a connection of its own. */
export interface SocketRequest {
  method: string;
  headers: Headers;
  body?: ReadableStream<Uint8Array> | null;
  signal: AbortSignal;
}

/**
 * A `fetch` that can send another `Host`: the platform's always sends the URL's. It makes one HTTP/1.1 exchange over a new
 * connection, with TLS for the URL's host. Redirects are returned, as with `redirect: "manual"`.
 *
 * @param origin `scheme://host[:port]`
 * @throws if there is no answer that can be understood
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
  const close = () => void socket.close().catch(() => undefined); // a socket that has failed is closed already
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(signal.reason);
  signal.addEventListener("abort", abort);
  for (const told of [socket.closed, socket.opened]) told.catch(() => undefined); // readers and writers see the error
  try {
    const framing: BodyFraming = body === null ? "none" : headers.has("content-length") ? "length" : "chunked";
    const upload = body && closingWhereItBreaks(body, close);
    const sent = send(socket.writable, requestHead(method, pathAndQuery, host, headers, framing), upload, framing);
    // An origin may answer before it has read everything, so only the answer counts.
    sent.catch(() => undefined);
    // A read before that would not be told why there is no connection.
    await Promise.race([socket.opened, aborted.promise]);
    const reader = new ByteReader(socket.readable);
    const head = await Promise.race([finalHead(reader, method), aborted.promise]);
    return toResponse(head, reader, close);
  } catch (error) {
    close();
    throw error;
  } finally {
    signal.removeEventListener("abort", abort);
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
  // No line can contain a line end, wherever it comes from. If one did, the rest would be another field or another request.
  if (lines.some((line) => /[\r\n\0]/.test(line))) throw new Error("a request head with a line end in a line");
  return `${lines.join("\r\n")}\r\n\r\n`;
}

/** If a client leaves before it has sent everything, the connection is closed, so that no origin waits for the rest. */
async function* closingWhereItBreaks(body: ReadableStream<Uint8Array>, close: () => void): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    close();
    throw error;
  }
}

async function send(
  writable: WritableStream<Uint8Array>,
  head: string,
  body: AsyncIterable<Uint8Array> | null,
  framing: BodyFraming,
): Promise<void> {
  const encoder = new TextEncoder();
  const writer = writable.getWriter();
  await writer.write(encoder.encode(head));
  if (body === null) return;
  for await (const bytes of body) {
    if (bytes.byteLength === 0) continue; // an empty chunk would be the last
    if (framing === "chunked") await writer.write(encoder.encode(`${bytes.byteLength.toString(16)}\r\n`));
    await writer.write(bytes);
    if (framing === "chunked") await writer.write(encoder.encode("\r\n"));
  }
  if (framing === "chunked") await writer.write(encoder.encode("0\r\n\r\n"));
}

async function finalHead(reader: ByteReader, method: string): Promise<ResponseHead> {
  for (let bound = HEAD_BOUND; ; ) {
    const text = await reader.head(bound);
    bound -= text.length;
    const head = parseResponseHead(text, method);
    if (head === null || head.status === 101) throw new Malformed("the origin's response cannot be understood");
    if (head.status >= 200) return head;
  }
}

function toResponse(head: ResponseHead, reader: ByteReader, close: () => void): Response {
  const headers = new Headers();
  for (const [name, value] of head.headers) headers.append(name, value);
  headers.delete("transfer-encoding");
  const { framing, status } = head;
  if (framing.kind === "none") {
    close();
    return new Response(null, { status, headers });
  }
  return new Response(pieceStream(bodyPieces(reader, framing), close), { status, headers });
}

async function* bodyPieces(reader: ByteReader, framing: Framing): AsyncGenerator<Uint8Array> {
  if (framing.kind === "length") yield* exactly(reader, framing.length);
  else if (framing.kind === "chunked") yield* chunks(reader);
  else yield* untilTheEnd(reader);
}

/** RFC 9112 §6.3: without a length the body goes on until the connection ends. */
async function* untilTheEnd(reader: ByteReader): AsyncGenerator<Uint8Array> {
  for (let bytes = await reader.some(PIECE_BYTES); bytes !== null; bytes = await reader.some(PIECE_BYTES)) yield bytes;
}

const CHUNK_LINE = /^0*([0-9a-f]{1,8})[ \t]*(?:;[^\r\n]*)?$/i;
const CHUNK_LINE_BEGINNING = /^(?:0*[0-9a-f]{0,8}(?:[ \t]*(?:;[^\r\n]*)?\r?)?)?$/i;
const NOTHING_BEGINNING = /^\r?$/;

/** RFC 9112 §7.1: chunks with their lengths in hexadecimal, then trailers, which are ignored. */
async function* chunks(reader: ByteReader): AsyncGenerator<Uint8Array> {
  let extensions = EXTENSIONS_BOUND;
  for (;;) {
    const line = await reader.line(LINE_BOUND, CHUNK_LINE_BEGINNING);
    const size = CHUNK_LINE.exec(line)?.[1];
    if (size === undefined) throw new Malformed("no length before a chunk");
    extensions -= line.length - size.length;
    if (extensions < 0) throw new Malformed("chunk extensions without end");
    const length = Number.parseInt(size, 16);
    if (length === 0) break;
    yield* exactly(reader, length);
    await reader.line(0, NOTHING_BEGINNING);
  }
  for (let bound = HEAD_BOUND; ; ) {
    const line = await reader.line(bound);
    if (line === "") return;
    bound -= line.length;
  }
}

async function* exactly(reader: ByteReader, length: number): AsyncGenerator<Uint8Array> {
  for (let left = length; left > 0; ) {
    const bytes = await reader.some(Math.min(left, PIECE_BYTES));
    if (bytes === null) throw new EndedEarly("ended within the body");
    left -= bytes.byteLength;
    yield bytes;
  }
}
