/** Up to this length a body is sent by the runtime alone, which takes two thirds of the time (bytes). */
const UNWATCHED_BYTES = 1_048_576;

/** Of a larger one, at a time (bytes). Each piece has a cost of its own: 256 KiB at a time took half as long again for 1 MiB. */
const PIECE_BYTES = 524_288;

/**
 * A body in memory as the platform is to send it. What a client does not take at once of a blob's stream the runtime copies,
 * and holds until the client has taken all of it: a large body goes out in pieces, each of which waits for the one before. A
 * client that does not take one in time is let go.
 *
 * @param size of the body, bytes
 * @param stalledMs after so long a piece that has not been taken ends the answer, ms
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
