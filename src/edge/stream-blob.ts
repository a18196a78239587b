/** Up to this length a body is sent in one piece, which is faster (bytes). */
const LARGEST_PIECE = 1_048_576;

/** Of a larger one, at a time (bytes). */
const PIECE_BYTES = 262_144;

/**
 * A body in memory as the platform is to send it. What a client does not take at once of a blob's stream the runtime copies,
 * and holds until the client has taken all of it: a large body goes out in pieces, each of which waits for the one before.
 *
 * @param size of the body, bytes
 */
export function streamBlob(body: Blob, size: number): ReadableStream {
  if (size <= LARGEST_PIECE) return body.stream();
  const { readable, writable } = new FixedLengthStream(size);
  // The client may hang up; nobody else waits.
  copy(body, size, writable).catch(() => undefined);
  return readable;
}

async function copy(body: Blob, size: number, client: WritableStream<Uint8Array>): Promise<void> {
  for (let at = 0; at < size; at += PIECE_BYTES) {
    const piece = body.slice(at, at + PIECE_BYTES);
    await piece.stream().pipeTo(client, { preventClose: true });
  }
  await client.close();
}
