import { createServer, type Server } from "node:http";
import mime from "mime";

/** A reader's own server, which has every file that somebody asks for: of the type of its name, without a lifetime. */
export function readersOrigin(): Server {
  return createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://origin");
    const type = mime.getType(pathname) ?? "text/html; charset=utf-8";
    response.writeHead(200, { "content-type": type, etag: '"1"' }).end(`/* ${pathname} */\n`);
  });
}
