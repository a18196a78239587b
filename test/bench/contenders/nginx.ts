import { mkdirSync, writeFileSync } from "node:fs";
import type { Contender } from "../contender.ts";
import { freePort, untilListening } from "../ports.ts";
import { handOver, startProcess } from "../processes.ts";

/** nginx with `proxy_cache`: one process, as there is one core. */
export const nginx: Contender = {
  name: "nginx proxy_cache",
  state: "hit",
  expected: { "x-cache": "HIT" },
  async start({ folder, origin }) {
    const port = await freePort();
    mkdirSync(`${folder}/cache`);
    writeFileSync(`${folder}/nginx.conf`, configuration(folder, port, origin.port));
    handOver(folder);
    const server = startProcess("nginx", ["-e", "stderr", "-p", folder, "-c", `${folder}/nginx.conf`], {
      cwd: folder,
      unprivileged: true,
    });
    await untilListening(server, port);
    return { port, pids: [server.pid], stop: server.stop };
  },
};

function configuration(folder: string, port: number, originPort: number): string {
  return `
daemon off;
master_process off;
pid ${folder}/nginx.pid;
error_log stderr notice;
events { worker_connections 1024; }
http {
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000000;
  open_file_cache max=1000;
  client_body_temp_path ${folder}/body;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  proxy_temp_path ${folder}/proxy;
  proxy_cache_path ${folder}/cache keys_zone=bench:10m max_size=256m;
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://127.0.0.1:${originPort};
      proxy_cache bench;
      add_header X-Cache $upstream_cache_status;
    }
  }
}
`;
}
