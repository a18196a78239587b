/** Up to this length the runtime copies a body for each answer, which is faster than to stream it (bytes). */
const COPIED_BYTES = 262_144;

/** Of one write (bytes). */
const CHUNK_BYTES = 65_536;

/**
 * A body as the platform is to send it. Bytes given to a `Response` are copied whole and stay until the client has taken
 * them: a megabyte for each download. A large body goes out in writes instead, each of which waits for the one before.
 */
export function streamBytes(body: Uint8Array): Uint8Array | ReadableStream {
  if (body.byteLength <= COPIED_BYTES) return body;
  const { readable, writable } = new FixedLengthStream(body.byteLength);
  // The client may hang up; nobody else waits.
  write(body, writable.getWriter()).catch(() => undefined);
  return readable;
}

async function write(body: Uint8Array, writer: WritableStreamDefaultWriter<Uint8Array>): Promise<void> {
  for (let at = 0; at < body.byteLength; at += CHUNK_BYTES) await writer.write(body.subarray(at, at + CHUNK_BYTES));
  await writer.close();
}
