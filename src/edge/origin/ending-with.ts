import { BodyReader } from "../body/body-reader.ts";
import { pieceStream } from "./piece-stream.ts";

/** The response, with a callback that is called once, when its body has ended or nobody wants it any more. */
export function endingWith({ status, headers }: Response, body: ReadableStream<Uint8Array>, end: () => void): Response {
  const reader = new BodyReader(body);
  const close = () => {
    void reader.cancel("nobody wants the rest");
    end();
  };
  return new Response(pieceStream(reader.copies(), close), { status, headers });
}
