import { BodyReader } from "../body/body-reader.ts";
import { pieceStream } from "./piece-stream.ts";

/** The response, which tells once when nothing more of its body comes, or nobody wants it. */
export function endingWith({ status, headers }: Response, body: ReadableStream<Uint8Array>, end: () => void): Response {
  const reader = new BodyReader(body);
  async function* pieces() {
    // The reader reads into the same bytes again, and who reads this may still be at the last piece.
    for (let piece = await reader.next(); piece !== null; piece = await reader.next()) yield piece.slice();
  }
  const close = () => {
    void reader.cancel("nobody wants the rest");
    end();
  };
  return new Response(pieceStream(pieces(), close), { status, headers });
}
