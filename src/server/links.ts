import { join } from "node:path";
import type { Socket } from "./sockets.ts";

/** Connects a Worker in one process to a Worker in another, over a Unix socket, which does not check who calls. */
export interface Link {
  /** Where the called process listens. */
  socket: Socket;
  /** The service binding of the calling Worker. */
  binding: { external: { address: string; http: Record<string, never> } };
}

/**
 * Methods are called over a session that stays open and keeps the called process from ending, so only processes that end first
 * may call methods.
 *
 * @param folder that only this user may enter
 * @param entrypoint of the Worker; absent: the default one
 */
export function linkTo(folder: string, worker: string, takes: "requests" | "methods", entrypoint?: string): Link {
  const name = entrypoint === undefined ? worker : `${worker}-${entrypoint}`;
  const address = `unix:${join(folder, name)}`;
  return {
    socket: { name, address, worker, ...(entrypoint !== undefined && { entrypoint }), methods: takes === "methods" },
    binding: { external: { address, http: {} } },
  };
}
