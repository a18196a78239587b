/** The whole body of a request; null: it is longer than `largest`, and was not read to its end. */
export async function readBody({ body }: Pick<Request, "body">, largest: number): Promise<Uint8Array | null> {
  if (body === null) return new Uint8Array();
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of body as ReadableStream<Uint8Array>) {
    length += piece.byteLength;
    if (length > largest) return null;
    pieces.push(piece);
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.byteLength;
  }
  return whole;
}
