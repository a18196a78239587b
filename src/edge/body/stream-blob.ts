/** Up to this length, the runtime sends a body by itself, which takes two thirds of the time (bytes). */
const UNWATCHED_BYTES = 1_048_576;

/**
 * The size of a larger body's pieces (bytes). Each piece costs something: with 256 KiB pieces, 1 MiB took half as long again.
 */
const PIECE_BYTES = 524_288;

/**
 * A body in memory, as a stream for the platform to send. The runtime copies whatever a client does not take at once of a
 * blob's stream, and holds it until the client has taken all of it. So a large body goes out in pieces, each of which waits for
 * the one before. A client that does not take a piece in time is dropped.
 *
 * @param size the body's length, bytes
 * @param stalledMs a piece that has not been taken after this long ends the answer, ms
 */
export function streamBlob(body: Blob, size: number, stalledMs: number): ReadableStream {
  if (size <= UNWATCHED_BYTES) return body.stream();
  const { readable, writable } = new FixedLengthStream(size);
  // The client may hang up; nobody else waits.
  copy(body, size, writable, stalledMs).catch(() => undefined);
  return readable;
}

async function copy(body: Blob, size: number, client: WritableStream<Uint8Array>, stalledMs: number): Promise<void> {
  const stalled = new AbortController();
  const options = { preventClose: true, signal: stalled.signal };
  for (let at = 0; at < size; at += PIECE_BYTES) {
    const piece = body.slice(at, at + PIECE_BYTES);
    const timer = setTimeout(() => stalled.abort(), stalledMs);
    await piece
      .stream()
      .pipeTo(client, options)
      .finally(() => clearTimeout(timer));
  }
  await client.close();
}
