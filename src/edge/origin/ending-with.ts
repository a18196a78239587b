import { BodyReader } from "../body/body-reader.ts";
import { pieceStream } from "./piece-stream.ts";

/** The response, which tells once when nothing more of its body comes, or nobody wants it. */
export function endingWith({ status, headers }: Response, body: ReadableStream<Uint8Array>, end: () => void): Response {
  const reader = new BodyReader(body);
  const close = () => {
    void reader.cancel("nobody wants the rest");
    end();
  };
  return new Response(pieceStream(reader.copies(), close), { status, headers });
}
