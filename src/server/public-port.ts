import { once } from "node:events";
import net, { type AddressInfo } from "node:net";
import { getSystemErrorName } from "node:util";
import { CannotListen } from "./cannot-listen.ts";
import type { SpawnOptions } from "./workerd-process.ts";

/** The port that clients reach a server by. */
export interface PublicPort {
  host: string;
  port: number;
  /** Has a workerd that is about to start listen there, as the socket of that name in its configuration. */
  giveTo(workerd: SpawnOptions, socketName: string): void;
  /** Lets others have the port. */
  release(): void;
}

/**
 * Takes a port for one process after the other, or for several at a time: each then has a socket of its own, over which
 * the kernel spreads connections.
 *
 * @param port 0: any free one
 * @throws {CannotListen}
 */
export async function takePort(host: string, port: number, processes: "one" | "several"): Promise<PublicPort> {
  const { address, family, port: free } = await findFree(host, port);
  const bind = () =>
    boundSocket(address, free, family === "IPv6" ? 6 : 4, processes === "several" ? REUSE_PORT : DEFAULT);
  // Bound, but not listening, so that no connection comes here.
  let reserved: SocketHandle | null = bind();
  const release = () => {
    reserved?.close();
    reserved = null;
  };
  return {
    host: address,
    port: free,
    giveTo({ args, stdio }, socketName) {
      if (processes === "one") release();
      const socket = bind();
      throwOn(socket.listen(BACKLOG));
      args.splice(2, 0, `--socket-fd=${socketName}=${stdio.length}`); // behind `workerd serve`
      stdio.push({ type: "fd", fd: socket.fd });
      // workerd has a copy by then. Node has accepted nothing: it does that later in the event loop.
      process.nextTick(() => socket.close());
    },
    release,
  };
}

/** Listens alone for a moment: a socket that shares would share with any other of this user's that does. */
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

/** A socket of libuv as Node wraps it. */
interface SocketHandle {
  fd: number;
  listen(backlog: number): number;
  close(): void;
}

/** Node's `net.Server` starts to accept as soon as it listens; this is what it makes its sockets with. */
const { _createServerHandle: createServerHandle } = net as unknown as {
  _createServerHandle(
    address: string,
    port: number,
    family: 4 | 6,
    fd: undefined,
    flags: number,
  ): SocketHandle | number;
};

const DEFAULT = 0;
/** libuv's `UV_TCP_REUSEPORT`: SO_REUSEPORT where the kernel spreads connections, an error elsewhere. */
const REUSE_PORT = 2;
const BACKLOG = 511;

function boundSocket(address: string, port: number, family: 4 | 6, flags: number): SocketHandle {
  const socket = createServerHandle(address, port, family, undefined, flags);
  if (typeof socket !== "number") return socket;
  if (flags === DEFAULT) throwOn(socket);
  throw new Error(
    `several processes cannot listen on one port here: ${getSystemErrorName(socket)}; leave WORKERS unset`,
  );
}

function throwOn(error: number): void {
  if (error !== 0) throw new Error(`the port cannot be listened on: ${getSystemErrorName(error)}`);
}
