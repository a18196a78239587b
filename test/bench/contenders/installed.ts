import type { Contender } from "../contender.ts";
import { isInstalled } from "../machine.ts";
import { nginx } from "./nginx.ts";
import { trafficServer } from "./trafficserver.ts";
import { varnish } from "./varnish.ts";

const servers = [
  { contender: nginx, command: "nginx", debianPackage: "nginx" },
  { contender: varnish, command: "varnishd", debianPackage: "varnish" },
  { contender: trafficServer, command: "traffic_server", debianPackage: "trafficserver" },
] as const;

/** Caches that are not Workers, if this machine has them. */
export const installed: readonly Contender[] = servers
  .filter(({ command }) => isInstalled(command))
  .map(({ contender }) => contender);

/** How to install the others. */
export const missing: readonly string[] = servers
  .filter(({ command }) => !isInstalled(command))
  .map(({ contender, debianPackage }) => `${contender.name} is not installed: apt-get install ${debianPackage}`);
