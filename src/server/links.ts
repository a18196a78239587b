import { join } from "node:path";
import type { Socket } from "./sockets-plugin.ts";

/** A way from a Worker in one process to a Worker in another: over a Unix socket, which asks nobody who they are. */
export interface Link {
  /** What the process listens on that is called. */
  socket: Socket;
  /** The service binding of the Worker that calls. */
  binding: { external: { address: string; http: Record<string, never> } };
}

/**
 * @param folder that only this user may enter
 * @param entrypoint its methods may be called; without one, requests are what is sent
 */
export function linkTo(folder: string, worker: string, entrypoint?: string): Link {
  const name = entrypoint === undefined ? worker : `${worker}-${entrypoint}`;
  const address = `unix:${join(folder, name)}`;
  return {
    socket: { name, address, worker, ...(entrypoint !== undefined && { entrypoint, methods: true }) },
    binding: { external: { address, http: {} } },
  };
}
