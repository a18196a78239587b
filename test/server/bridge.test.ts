import { createSocket, Socket } from "node:dgram";
import { once } from "node:events";
import { encode } from "dns-packet";
import { expect, it, vi } from "vitest";
import { startBridge } from "../../src/server/dns/bridge.ts";

it("passes over a datagram from port 0, and goes on to answer others", async () => {
  const bind = vi.spyOn(Socket.prototype, "bind");
  const bridge = await startBridge({ host: "127.0.0.1", port: 0, ask: async (query) => Buffer.from(query) });
  const [listening] = bind.mock.contexts as Socket[];
  bind.mockRestore();
  const query = encode({ type: "query", id: 1, questions: [{ type: "TXT", name: "health.resolvedb.net" }] });
  // As Node tells of such a datagram: only a raw socket could send it.
  listening!.emit("message", query, { address: "127.0.0.1", family: "IPv4", port: 0, size: query.length });

  const client = createSocket("udp4");
  client.send(query, bridge.port, bridge.host);
  const [answer] = (await once(client, "message")) as [Buffer];
  expect(answer).toEqual(query);
  client.close();
  await bridge.stop();
});
