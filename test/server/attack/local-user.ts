import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";

/** What was got at an address. */
export interface Loot {
  /** Answers of methods, by name, called as the processes of a server call each other. */
  methods: Record<string, unknown>;
  /** Answers to requests that Miniflare's parts would heed, by path. */
  requests: Record<string, unknown>;
  /** Answers of methods, called through workerd's debugger. */
  debugger: Record<string, unknown>;
}

/**
 * Tries all that the processes of a server say to each other at each address, as another user.
 *
 * @param workerd path of the program that the server runs on
 * @param addresses `host:port` or `unix:path`
 * @param uid null: as this user
 */
export async function attack(
  workerd: string,
  addresses: readonly string[],
  uid: number | null,
): Promise<Record<string, Loot>> {
  const folder = await mkdtemp(join(tmpdir(), "rescdn-attack-"));
  await chmod(folder, 0o755);
  // Where every user may read it, wherever the project is.
  const program = join(folder, "workerd");
  await copyFile(workerd, program);
  await chmod(program, 0o755);
  await copyFile(fileURLToPath(new URL("worker.mjs", import.meta.url)), join(folder, "worker.mjs"));
  await writeFile(join(folder, "config.capnp"), configFor(addresses));
  for (const name of ["worker.mjs", "config.capnp"]) await chmod(join(folder, name), 0o644);

  const child = spawn(program, ["serve", "--experimental", "--control-fd=3", join(folder, "config.capnp")], {
    stdio: ["ignore", "ignore", "ignore", "pipe"],
    cwd: folder,
    ...(uid !== null && { uid, gid: uid }),
  });
  try {
    const [line] = (await once(createInterface(child.stdio[3] as Readable), "line")) as [string];
    const { port } = JSON.parse(line) as { port: number };
    const answer = await fetch(`http://127.0.0.1:${port}/`);
    return (await answer.json()) as Record<string, Loot>;
  } finally {
    child.kill("SIGKILL");
    await rm(folder, { recursive: true, force: true });
  }
}

function configFor(addresses: readonly string[]): string {
  const quoted = (text: string) => JSON.stringify(text);
  const servers = addresses.map(
    (address, index) => `(name = "server-${index}", external = (address = ${quoted(address)},
      http = (capnpConnectHost = "miniflare-unsafe-internal-capnp-connect")))`,
  );
  const bindings = addresses.map((_, index) => `(name = "SERVER_${index}", service = "server-${index}")`);
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "attacker", worker = .attacker), ${servers.join(", ")}],
  sockets = [(name = "attacker", address = "127.0.0.1:0", http = (), service = "attacker")],
);
const attacker :Workerd.Worker = (
  modules = [(name = "worker.mjs", esModule = embed "worker.mjs")],
  compatibilityDate = "2026-11-01",
  compatibilityFlags = ["experimental"],
  bindings = [
    (name = "ADDRESSES", json = ${quoted(JSON.stringify(addresses))}),
    (name = "DEBUGGER", workerdDebugPort = void),
    ${bindings.join(", ")}
  ],
);
`;
}
