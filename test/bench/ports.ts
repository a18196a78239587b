import { type AddressInfo, connect, createServer } from "node:net";
import type { ServerProcess } from "./processes.ts";

/** How long a server may take until it listens, ms. */
const PATIENCE_MS = 30_000;
const BETWEEN_TRIES_MS = 50;

/** A port that was free a moment ago, for servers whose configuration must have one. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}

/** Waits until a server accepts connections; throws its output if it does not. */
export async function untilListening(server: ServerProcess, port: number): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!(await takesConnections(port))) {
    if (!server.isRunning() || Date.now() > deadline) throw new Error(`nobody listens on ${port}: ${server.said()}`);
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_TRIES_MS));
  }
}

function takesConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}
