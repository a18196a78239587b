import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import type { ProcessFigures } from "../metrics/process-figures.ts";
import type { Link } from "./links.ts";

/** Tells the Worker what it cannot find out: how much of the machine each process of its server uses. */
export interface ProcessFiguresServer {
  /** The service binding of the asking Worker. */
  binding: Link["binding"];
  close(): void;
}

/** @param folder that only this user may enter */
export function serveProcessFigures(
  folder: string,
  processes: () => readonly { name: string; readonly pid: number | null }[],
): ProcessFiguresServer {
  const path = join(folder, "processes");
  const server = createServer((_, response) => {
    const all = [{ name: "command", pid: process.pid }, ...processes()];
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(all.flatMap(({ name, pid }) => (pid === null ? [] : (figuresOf(name, pid) ?? [])))));
  });
  server.listen(path);
  server.unref();
  return { binding: { external: { address: `unix:${path}`, http: {} } }, close: () => void server.close() };
}

/** What Linux says about a process; null: it is gone, or this is another system. */
function figuresOf(name: string, pid: number): ProcessFigures | null {
  try {
    const [, kilobytes = "0"] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    return { name, residentBytes: Number(kilobytes) * 1_024 };
  } catch {
    return null;
  }
}
