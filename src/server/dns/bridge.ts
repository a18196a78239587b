import { createSocket, type Socket as UdpSocket } from "node:dgram";
import { once } from "node:events";
import { type AddressInfo, createServer, isIPv6, type Server } from "node:net";
import { report } from "../log/report.ts";
import type { Ask } from "./doh-client.ts";
import { fitDatagram, isQuery, truncatedAnswer } from "./message.ts";
import { serveConnection } from "./tcp-connection.ts";

/** A running bridge. */
export interface Bridge {
  host: string;
  port: number;
  /** Accepts no more questions, answers those that it has, and closes. */
  stop(): Promise<void>;
}

/** The port or the address is not available. */
export class BindFailed extends Error {
  override name = "BindFailed";
}

const CONNECTIONS = 256;

/**
 * Listens for DNS over UDP and TCP on one port.
 *
 * @param port 0: any that is free for both
 * @throws {BindFailed}
 */
export async function startBridge({ host, port, ask }: { host: string; port: number; ask: Ask }): Promise<Bridge> {
  const pending = new Set<Promise<void>>();
  const udp = createSocket(isIPv6(host) ? "udp6" : "udp4");
  const closeConnections = new Set<() => void>();
  const tcp = createServer({ allowHalfOpen: true }, (socket) => {
    const close = serveConnection(socket, ask);
    closeConnections.add(close);
    socket.on("close", () => closeConnections.delete(close));
  });
  tcp.maxConnections = CONNECTIONS;
  try {
    const bound = await listenTcp(tcp, host, port);
    await bindUdp(udp, host, bound);
  } catch (error) {
    tcp.close();
    throw new BindFailed(`cannot listen on ${host} port ${port}: ${(error as Error).message}`);
  }
  // A datagram that cannot be sent counts as lost.
  udp.on("error", (error) => report("udp_failed", { error }));
  udp.on("message", (query, { address, port: from }) => {
    // A sender that claims port 0 cannot be answered: Node throws for that port.
    if (!isQuery(query) || from === 0) return;
    const answered = ask(query, { transport: "udp", address }).then((whole) => {
      const datagram = whole === null ? truncatedAnswer(query) : fitDatagram(whole, query);
      udp.send(datagram, from, address, () => undefined);
    });
    pending.add(answered);
    answered.finally(() => pending.delete(answered));
  });
  return {
    host,
    port: (tcp.address() as AddressInfo).port,
    async stop() {
      udp.removeAllListeners("message");
      const closed = once(tcp, "close");
      tcp.close();
      for (const close of closeConnections) close();
      await Promise.allSettled([...pending]);
      await new Promise<void>((resolve) => udp.close(() => resolve()));
      await closed;
    },
  };
}

async function listenTcp(server: Server, host: string, port: number): Promise<number> {
  server.listen(port, host);
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

async function bindUdp(socket: UdpSocket, address: string, port: number): Promise<void> {
  socket.bind({ address, port, exclusive: true });
  await once(socket, "listening");
}
