import { writeFileSync } from "node:fs";
import type { Contender } from "../contender.ts";
import { freePort } from "../ports.ts";
import { processTree } from "../process-stat.ts";
import { handOver, startProcess } from "../processes.ts";

/** Varnish with its store in memory. */
export const varnish: Contender = {
  name: "Varnish",
  state: "hit",
  expected: { "x-cache": "HIT" },
  async start({ folder, origin }) {
    const port = await freePort();
    writeFileSync(`${folder}/default.vcl`, configuration(origin.port));
    handOver(folder);
    const server = startProcess(
      "varnishd",
      [
        ...["-F", "-j", "none", "-n", `${folder}/work`, "-f", `${folder}/default.vcl`],
        ...["-a", `127.0.0.1:${port}`, "-s", "malloc,256m", "-p", "thread_pools=1"],
      ],
      { cwd: folder, unprivileged: true },
    );
    await server.line(/Child starts/);
    return { port, pids: processTree(server.pid), stop: server.stop };
  },
};

function configuration(originPort: number): string {
  return `vcl 4.1;
backend origin { .host = "127.0.0.1"; .port = "${originPort}"; }
sub vcl_deliver {
  if (obj.hits > 0) { set resp.http.X-Cache = "HIT"; } else { set resp.http.X-Cache = "MISS"; }
}
`;
}
