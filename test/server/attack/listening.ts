import { readdir, readFile, readlink } from "node:fs/promises";
import { processTree } from "../../bench/process-stat.ts";

/** The addresses that a process and those that it has started listen on: `host:port`, or `unix:path`. */
export async function listeningSockets(pid: number): Promise<string[]> {
  const inodes = new Set((await Promise.all(processTree(pid).map(socketsOf))).flat());
  const tables = await Promise.all([tcp("tcp", 4), tcp("tcp6", 16), unix()]);
  const found = tables.flat().filter(({ inode }) => inodes.has(inode));
  return [...new Set(found.map(({ address }) => address))].sort();
}

interface Listening {
  inode: string;
  address: string;
}

/** The inodes of a process's sockets. */
async function socketsOf(pid: number): Promise<string[]> {
  const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []);
  const links = await Promise.all(descriptors.map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => "")));
  return links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []);
}

async function tcp(table: "tcp" | "tcp6", bytes: 4 | 16): Promise<Listening[]> {
  const lines = (await readFile(`/proc/net/${table}`, "utf8")).split("\n").slice(1);
  return lines.flatMap((line) => {
    const [, local = "", , state, , , , , , inode = ""] = line.trim().split(/\s+/);
    if (state !== LISTEN) return [];
    const [host = "", port = ""] = local.split(":");
    return [{ inode, address: `${hostOf(host, bytes)}:${Number.parseInt(port, 16)}` }];
  });
}

const LISTEN = "0A";

/** The kernel writes words of 32 bits in the order of the machine, little-endian here. */
function hostOf(hex: string, bytes: 4 | 16): string {
  const octets = Buffer.from(hex, "hex").swap32();
  return bytes === 4 ? octets.join(".") : `[${octets.toString("hex").replace(/(.{4})(?!$)/g, "$1:")}]`;
}

async function unix(): Promise<Listening[]> {
  const lines = (await readFile("/proc/net/unix", "utf8")).split("\n").slice(1);
  return lines.flatMap((line) => {
    const [, , , flags = "", , , inode = "", path = ""] = line.trim().split(/\s+/);
    const isListening = (Number.parseInt(flags, 16) & ACCEPTS) !== 0;
    return isListening ? [{ inode, address: `unix:${path}` }] : [];
  });
}

/** The kernel's `__SO_ACCEPTCON`. */
const ACCEPTS = 0x10000;
