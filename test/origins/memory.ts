import { readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";

/** Memory of a process in bytes: now, and at its highest since `restartPeak`. Linux only. */
export interface Memory {
  resident: number;
  peak: number;
}

/** The id of the workerd that listens on a TCP port of the loopback. The server that has started it holds the socket as well. */
export function processListeningOn(port: number): number {
  const inode = socketInode(port);
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    if (openSockets(pid).includes(`socket:[${inode}]`) && nameOf(pid) === "workerd") return Number(pid);
  }
  throw new Error(`no workerd of ours listens on ${port}`);
}

function nameOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8").trim();
  } catch {
    return ""; // ended in the meantime
  }
}

export function memoryOf(pid: number): Memory {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const bytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1]) * 1024;
  return { resident: bytes("VmRSS"), peak: bytes("VmHWM") };
}

/** Lets the peak begin at what is resident now (proc(5): clear_refs, 5). */
export function restartPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, "5");
}

function socketInode(port: number): string {
  const local = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  const LISTENING = "0A";
  for (const line of readFileSync("/proc/net/tcp", "utf8").split("\n").slice(1)) {
    const [, address, , state, , , , , , inode] = line.trim().split(/\s+/);
    if (address?.endsWith(local) && state === LISTENING && inode !== undefined) return inode;
  }
  throw new Error(`nobody listens on ${port}`);
}

function openSockets(pid: string): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((fd) => {
      try {
        return readlinkSync(`/proc/${pid}/fd/${fd}`);
      } catch {
        return ""; // closed in the meantime
      }
    });
  } catch {
    return []; // ended in the meantime, or not ours
  }
}
