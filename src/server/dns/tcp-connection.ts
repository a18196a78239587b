import type { Socket } from "node:net";
import type { Ask } from "./doh-client.ts";
import { isQuery, REFUSED, rcodeAnswer } from "./message.ts";

/** RFC 7766 §6.2.3: seconds, not minutes, for an idle connection. */
const IDLE_MS = 10_000;
/** How many questions of one connection are asked at once; then the client has to wait. */
const CONCURRENT = 16;

/**
 * Answers the questions on a TCP connection, each preceded by its length in two octets (RFC 1035 §4.2.2), as soon as their
 * answers come, in any order (RFC 7766 §7).
 *
 * @param socket half-open: a client that has sent all its questions may close its side and still gets the answers
 * @returns a function that closes the connection once the pending questions are answered
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
      // A client that sends answers, or less than a header, is not asking by DNS.
      if (!isQuery(query)) return socket.destroy();
      asking++;
      void ask(query, client).then((message) => {
        asking--;
        if (socket.writable) socket.write(framed(message ?? rcodeAnswer(query, REFUSED)));
        proceed();
      });
    }
    if (complete && asking === 0) socket.destroySoon();
    // The client is read no faster than it is answered, and than it reads its answers.
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
