import type { AddressInfo, Server, Socket } from "node:net";

export interface Listening {
  url: string;
  port: number;
  /** Ends the server and every connection that it has. */
  close(): Promise<void>;
}

/** Has a server listen on the loopback; port 0 is any free one. */
export async function listen(server: Server, onPort = 0): Promise<Listening> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(onPort, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    close() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
