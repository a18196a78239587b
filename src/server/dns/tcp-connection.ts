import type { Socket } from "node:net";
import type { Ask } from "./doh-client.ts";
import { isQuery, REFUSED, rcodeAnswer } from "./message.ts";

/** RFC 7766 §6.2.3: seconds, not minutes, for a connection that says nothing. */
const IDLE_MS = 10_000;
/** Questions of one connection that are asked at the same time; the client waits before it may send more. */
const CONCURRENT = 16;

/**
 * Answers the questions of a TCP connection, each behind its length in two octets (RFC 1035 §4.2.2), as their answers
 * come, in any order (RFC 7766 §7).
 *
 * @param socket half-open: who has sent all its questions may say so and still gets the answers
 * @returns closes the connection once what is being asked is answered
 */
export function serveConnection(socket: Socket, ask: Ask): () => void {
  let received = Buffer.alloc(0);
  let asking = 0;
  let complete = false;
  const client = { transport: "tcp", address: socket.remoteAddress ?? "" } as const;

  const proceed = () => {
    while (asking < CONCURRENT && received.length >= 2) {
      const end = 2 + received.readUInt16BE(0);
      if (received.length < end) break;
      const query = received.subarray(2, end);
      received = received.subarray(end);
      // Whoever sends answers, or less than a header, does not speak DNS to us.
      if (!isQuery(query)) return socket.destroy();
      asking++;
      void ask(query, client).then((message) => {
        asking--;
        if (socket.writable) socket.write(framed(message ?? rcodeAnswer(query, REFUSED)));
        proceed();
      });
    }
    if (complete && asking === 0) socket.destroySoon();
    // The client is read no faster than it is answered, and reads its answers.
    else if (asking >= CONCURRENT || socket.writableNeedDrain) socket.pause();
    else socket.resume();
  };

  socket.setTimeout(IDLE_MS, () => (asking === 0 ? socket.destroy() : undefined));
  socket.on("data", (chunk) => {
    received = Buffer.concat([received, chunk]);
    proceed();
  });
  socket.on("drain", proceed);
  socket.on("end", () => {
    complete = true;
    proceed();
  });
  socket.on("error", () => socket.destroy());
  return () => {
    received = Buffer.alloc(0);
    complete = true;
    proceed();
  };
}

function framed(message: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(message.length);
  return Buffer.concat([length, message]);
}
