import net from "node:net";
import { getSystemErrorName } from "node:util";
import koffi from "koffi";
import { CannotListen } from "./cannot-listen.ts";

/** A TCP socket that this process has bound, and that another process accepts on. Node itself never accepts on it. */
export interface ListeningSocket {
  fd: number;
  /** From now on the kernel queues connections there. */
  listen(): void;
  /**
   * Makes the kernel refuse connections, at once and whoever else has the socket; those not yet accepted are reset. Only Linux
   * does this: elsewhere they wait until the other process has ended.
   */
  refuse(): void;
  /** The socket lives on as long as others have it. */
  close(): void;
}

/** A libuv socket as Node wraps it. */
interface Handle {
  fd: number;
  close(): void;
}

/** Node makes its sockets with this; a `net.Server` would accept as soon as it listens. */
const { _createServerHandle: createServerHandle } = net as unknown as {
  _createServerHandle(address: string, port: number, family: 4 | 6, fd: undefined, flags: number): Handle | number;
};

// Node can only shut a socket down for writing, which does nothing to one that listens, and cannot listen without accepting.
const libc = koffi.load(null);
const listen: (fd: number, backlog: number) => number = libc.func("int listen(int, int)");
const shutdown: (fd: number, how: number) => number = libc.func("int shutdown(int, int)");

const DEFAULT = 0;
/** libuv's `UV_TCP_REUSEPORT`: SO_REUSEPORT where the kernel distributes connections, an error elsewhere. */
const REUSE_PORT = 2;
const BACKLOG = 511;
const SHUT_RDWR = 2;

/** @param isShared whether others may bind the port too: the kernel then distributes connections between them */
export function boundSocket(address: string, port: number, family: 4 | 6, isShared: boolean): ListeningSocket {
  const handle = createServerHandle(address, port, family, undefined, isShared ? REUSE_PORT : DEFAULT);
  if (typeof handle === "number") {
    const reason = getSystemErrorName(handle);
    if (!isShared || reason === "EADDRINUSE") throw new CannotListen(address, port, reason);
    throw new Error(`several processes cannot listen on one port here: ${reason}; leave WORKERS unset`);
  }
  return {
    fd: handle.fd,
    listen() {
      if (listen(handle.fd, BACKLOG) !== 0) throw new CannotListen(address, port, "EADDRINUSE");
    },
    refuse() {
      shutdown(handle.fd, SHUT_RDWR);
    },
    close: () => handle.close(),
  };
}
