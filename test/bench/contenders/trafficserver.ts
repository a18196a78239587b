import { mkdirSync, writeFileSync } from "node:fs";
import type { Contender } from "../contender.ts";
import { freePort, untilListening } from "../ports.ts";
import { handOver, startProcess } from "../processes.ts";

/** Apache Traffic Server with one network thread, and its store on disk behind its memory cache. */
export const trafficServer: Contender = {
  name: "Apache Traffic Server",
  state: "hit",
  expected: {},
  async start({ folder, origin }) {
    const port = await freePort();
    for (const name of ["etc", "run", "log", "cache"]) mkdirSync(`${folder}/${name}`);
    for (const [name, text] of Object.entries(configuration(folder, port, origin.port))) {
      writeFileSync(`${folder}/etc/${name}`, text);
    }
    handOver(folder);
    const server = startProcess("traffic_server", [], {
      cwd: folder,
      env: { PROXY_CONFIG_CONFIG_DIR: `${folder}/etc` },
      unprivileged: true,
    });
    await untilListening(server, port);
    return { port, pids: [server.pid], stop: server.stop };
  },
};

/** By file name. It would complain about missing files, so these are present but empty. */
function configuration(folder: string, port: number, originPort: number): Record<string, string> {
  const empty = ["cache", "hosting", "parent", "plugin", "splitdns", "ssl_multicert", "volume", "socks"];
  return {
    ...Object.fromEntries(empty.map((name) => [`${name}.config`, ""])),
    "records.config": [
      `CONFIG proxy.config.http.server_ports STRING ${port}:ip-in=127.0.0.1`,
      `CONFIG proxy.config.local_state_dir STRING ${folder}/run`,
      `CONFIG proxy.config.log.logfile_dir STRING ${folder}/log`,
      "CONFIG proxy.config.log.logging_enabled INT 0",
      "CONFIG proxy.config.exec_thread.autoconfig INT 0",
      "CONFIG proxy.config.exec_thread.limit INT 1",
      "CONFIG proxy.config.admin.user_id STRING #-1",
      "",
    ].join("\n"),
    "remap.config": `map / http://127.0.0.1:${originPort}/\n`,
    "storage.config": `${folder}/cache 256M\n`,
    "ip_allow.yaml": "ip_allow:\n  - apply: in\n    ip_addrs: 127.0.0.1\n    action: allow\n    methods: ALL\n",
  };
}
