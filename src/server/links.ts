import { join } from "node:path";
import type { Socket } from "./sockets.ts";

/** A way from a Worker in one process to a Worker in another: over a Unix socket, which asks nobody who they are. */
export interface Link {
  /** What the process listens on that is called. */
  socket: Socket;
  /** The service binding of the Worker that calls. */
  binding: { external: { address: string; http: Record<string, never> } };
}

/**
 * Methods are called over a session that stays open, and that keeps the process that is called from ending: so only those call
 * methods that end first.
 *
 * @param folder that only this user may enter
 * @param entrypoint of the Worker; none: the default one
 */
export function linkTo(folder: string, worker: string, takes: "requests" | "methods", entrypoint?: string): Link {
  const name = entrypoint === undefined ? worker : `${worker}-${entrypoint}`;
  const address = `unix:${join(folder, name)}`;
  return {
    socket: { name, address, worker, ...(entrypoint !== undefined && { entrypoint }), methods: takes === "methods" },
    binding: { external: { address, http: {} } },
  };
}
