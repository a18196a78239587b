import { createSocket } from "node:dgram";
import { once } from "node:events";
import { connect } from "node:net";

/** Sends datagrams and waits for the first to come back. @throws after 10 s */
export async function askUdp(port: number, ...queries: Uint8Array[]): Promise<Buffer> {
  const socket = createSocket("udp4");
  try {
    socket.connect(port, "127.0.0.1");
    await once(socket, "connect");
    const answer = once(socket, "message", { signal: AbortSignal.timeout(10_000) });
    for (const query of queries) socket.send(query);
    return (await answer)[0] as Buffer;
  } finally {
    socket.close();
  }
}

/** A message behind its length. */
export function framed(message: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([message.length >> 8, message.length & 0xff]), message]);
}

/**
 * Sends chunks of octets over one TCP connection, and collects messages until the server closes or `count` have come.
 *
 * @throws after 20 s
 */
export async function askTcp(port: number, chunks: readonly Uint8Array[], count: number): Promise<Buffer[]> {
  const socket = connect(port, "127.0.0.1");
  socket.setNoDelay(true);
  const signal = AbortSignal.timeout(20_000);
  signal.addEventListener("abort", () => socket.destroy(new Error("no answer within 20 s")));
  try {
    await once(socket, "connect");
    for (const chunk of chunks) await new Promise<void>((sent) => socket.write(chunk, () => sent()));
    const messages: Buffer[] = [];
    let received = Buffer.alloc(0);
    for await (const chunk of socket) {
      received = Buffer.concat([received, chunk as Buffer]);
      while (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
        const end = 2 + received.readUInt16BE(0);
        messages.push(received.subarray(2, end));
        received = received.subarray(end);
      }
      if (messages.length >= count) break;
    }
    return messages;
  } finally {
    socket.destroy();
  }
}
