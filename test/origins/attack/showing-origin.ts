import { createServer } from "node:http";
import { type Honesty, replyTo } from "../../attack/origin.ts";
import { type Listening, listen } from "../listen.ts";

/** {@link replyTo} behind a socket. */
export function startShowingOrigin(honesty: Honesty): Promise<Listening> {
  const server = createServer({ maxHeaderSize: 262_144, insecureHTTPParser: true }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("error", () => undefined); // a request that breaks off is part of the play
    request.on("end", () => {
      const { pathname, search } = new URL(`http://origin${request.url}`);
      // Zones have names of their own, by which answers are not to be told apart.
      const fields = Object.entries(request.headers).map(
        ([name, value]) => [name, String(value).replace(/\bzone-\d+\b/g, "zone")] as const,
      );
      const body = Buffer.concat(chunks).toString("latin1");
      const reply = replyTo(
        { method: request.method!, path: pathname, query: search, fields: new Map(fields), body },
        honesty,
      );
      if (reply.kind === "held") return;
      if (reply.kind === "dropped") return void request.socket.destroy();
      const { status, headers, body: said, isCut } = reply;
      response.writeHead(status, { ...headers, ...(status !== 304 && { "content-length": Buffer.byteLength(said) }) });
      if (!isCut) return void response.end(said);
      response.write(said.slice(0, said.length / 2), () => request.socket.destroy());
    });
  });
  return listen(server);
}
