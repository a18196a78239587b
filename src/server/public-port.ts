import { once } from "node:events";
import net, { type AddressInfo } from "node:net";
import { CannotListen } from "./cannot-listen.ts";
import { boundSocket, type ListeningSocket } from "./listening-socket.ts";

/** The port that clients reach a server at. */
export interface PublicPort {
  host: string;
  port: number;
  /** For one process, however often it starts. */
  share(): PortShare;
  /** Frees the port for others. */
  release(): void;
}

/** A process's part in a {@link PublicPort}. */
export interface PortShare {
  /** A listening socket for a workerd that is about to start: the descriptor. */
  open(): number;
  /**
   * Makes connections be refused. To be called once the workerd no longer accepts any: otherwise it would consider its socket
   * broken.
   */
  refuse(): void;
  /** To be called once the workerd is gone. */
  close(): void;
}

/**
 * Takes a port for one process after another, or for several at once: each then has a socket of its own, and the kernel
 * distributes connections between them.
 *
 * @param port 0: any free one
 * @throws {CannotListen}
 */
export async function takePort(host: string, port: number, processes: "one" | "several"): Promise<PublicPort> {
  const { address, family, port: free } = await findFree(host, port);
  const reservation = await reserve(address, free, host);
  const bind = () => boundSocket(address, free, family === "IPv6" ? 6 : 4, processes === "several");
  // Bound, but not listening, so that no connection arrives here.
  let reserved: ListeningSocket | null = bind();
  const release = () => {
    reserved?.close();
    reserved = null;
  };
  return {
    host: address,
    port: free,
    share() {
      let socket: ListeningSocket | null = null;
      return {
        open() {
          if (processes === "one") release();
          socket = bind();
          socket.listen();
          return socket.fd;
        },
        refuse: () => socket?.refuse(),
        close() {
          socket?.close();
          socket = null;
        },
      };
    },
    release() {
      release();
      reservation?.close();
    },
  };
}

/**
 * Reserves the port against other servers of this user until this one listens: if servers shared a port, each would get some of
 * the connections. The reservation is a socket name that Linux gives to only one socket at a time, and frees when its process
 * ends.
 */
async function reserve(address: string, port: number, host: string): Promise<net.Server | null> {
  if (process.platform !== "linux") return null;
  const path = `\0rescdn-${process.getuid?.()}-${address}-${port}`;
  const server = net.createServer((connection) => connection.destroy()).listen({ path });
  try {
    await once(server, "listening");
  } catch {
    throw new CannotListen(host, port, "EADDRINUSE");
  }
  server.unref();
  return server;
}

/**
 * Listens exclusively for a moment: a socket that allows sharing would share the port with any other such socket of this
 * user's.
 */
async function findFree(host: string, port: number): Promise<AddressInfo> {
  const alone = net.createServer().listen({ host, port });
  try {
    await once(alone, "listening");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw code === undefined ? error : new CannotListen(host, port, code);
  }
  const address = alone.address() as AddressInfo;
  alone.close();
  await once(alone, "close");
  return address;
}
