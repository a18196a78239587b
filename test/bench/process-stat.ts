/** What Linux says about processes. */
import { readdirSync, readFileSync } from "node:fs";

/** A process and all its descendants; with `name`, only those with that name. */
export function processTree(root: number, name?: string): number[] {
  const parents = new Map<number, number>();
  for (const entry of readdirSync("/proc")) {
    const fields = /^\d+$/.test(entry) ? statOf(Number(entry)) : null;
    if (fields !== null) parents.set(Number(entry), Number(fields[1]));
  }
  const tree = new Set([root]);
  for (let grown = true; grown; ) {
    grown = false;
    for (const [pid, parent] of parents) {
      if (tree.has(parent) && !tree.has(pid)) {
        tree.add(pid);
        grown = true;
      }
    }
  }
  const pids = [...tree];
  return name === undefined ? pids : pids.filter((pid) => nameOf(pid) === name);
}

/** The name of a process; null: it is gone. */
function nameOf(pid: number): string | null {
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8").trim();
  } catch {
    return null;
  }
}

/** CPU time that all threads of processes have used, in user and kernel mode, µs. */
export function cpuMicroseconds(pids: readonly number[]): number {
  let ticks = 0;
  for (const pid of pids) {
    const fields = statOf(pid);
    if (fields === null) throw new Error(`process ${pid} is gone`);
    ticks += Number(fields[11]) + Number(fields[12]); // utime, stime
  }
  return ticks * MICROSECONDS_PER_TICK;
}

/** Waits until processes have nothing left to do, so that none is still working while another is measured. */
export async function untilIdle(pids: readonly number[]): Promise<void> {
  for (let before = -1, now = cpuMicroseconds(pids), looks = 0; now > before && looks < IDLE_LOOKS; looks++) {
    await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
    before = now;
    now = cpuMicroseconds(pids);
  }
}

const IDLE_MS = 50;
/** A process that never rests is measured anyway. */
const IDLE_LOOKS = 100;

/** For user space, Linux counts in hundredths of a second, whatever the kernel's own clock. */
const MICROSECONDS_PER_TICK = 10_000;

/** Resident memory of processes, bytes. */
export function residentBytes(pids: readonly number[]): number {
  let kilobytes = 0;
  for (const pid of pids) {
    kilobytes += Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0);
  }
  return kilobytes * 1_024;
}

/** The fields of /proc/PID/stat after the command's name; null: the process is gone. */
function statOf(pid: number): string[] | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    return text.slice(text.lastIndexOf(")") + 2).split(" ");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ESRCH") return null;
    throw error;
  }
}
