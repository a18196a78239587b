import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

/** What a command has left. */
export interface Ran {
  code: number;
  stdout: string;
  stderr: string;
  /** The status of each answer that curl got in it. */
  statuses: number[];
}

/** A reader's terminal. */
export interface Shell {
  /** Runs a command to its end; one that does not end by itself until it has said something. */
  run(command: string): Promise<Ran>;
  /** Ends what still runs in it. */
  close(): Promise<void>;
}

/** Whether bash takes a text as whole commands. */
export function isWhole(text: string): boolean {
  // Of a here-document that has not ended it only warns.
  const { status, stderr } = spawnSync("bash", ["-n"], { input: text, encoding: "utf8" });
  return status === 0 && stderr === "";
}

/** What stands for commands that cannot be as they are here: each by its name. */
const STAND_INS: Readonly<Record<string, string>> = {
  // It notes each status, whatever else is asked of it. A stream without an end is left after a while.
  curl: `
said=$(mktemp)
seconds=30
for argument in "$@"; do
  [[ $argument =~ ^-[a-zA-Z]*N ]] && seconds=3
done
"$REAL_CURL" -sS --verbose --max-time $seconds "$@" 2> "$said"
code=$?
awk '/^< HTTP\\// { status = $3 } END { if (status) print status }' "$said" >> "$STATUSES"
grep '^curl: ' "$said" >&2
rm "$said"
[[ $seconds == 3 && $code == 28 ]] && exit 0
exit $code`,
  // The server of npm start runs; a clone of the tests has its packages.
  npm: `
case "$*" in
  start | ci | test) exit 0 ;;
  "run serve" | "run dns" | "run dev") exec "$0-in-background" "$2" ;;
esac
exec "$REAL_NPM" --silent "$@"`,
  "npm-in-background": `
said=$(mktemp)
case $1 in
  dns) export PORT=$DNS_PORT DOH_URL=$RESCDN_API/dns-query ;;
  *) export PORT=0 STATE_DIR=$(mktemp -d) ;;
esac
"$REAL_NPM" run --silent "$1" > "$said" 2>&1 &
echo $! >> "$BACKGROUND"
for _ in {1..300}; do
  [[ -s $said ]] && exec cat "$said"
  kill -0 $! 2> /dev/null || { cat "$said"; exit 1; }
  sleep 0.1
done
echo "npm run $1 has said nothing for 30 seconds" >&2
exit 1`,
  npx: `
name=$1
shift
[[ $name == rescdn ]] && exec rescdn "$@"
[[ -x test/client/node_modules/.bin/$name ]] && exec "test/client/node_modules/.bin/$name" "$@"
echo "npx $name is not run here: say so above the block" >&2
exit 1`,
  rescdn: `
case "$1 $2" in
  "tail "* | "records watch") timeout 5 node "$CLONE/src/cli/rescdn.mjs" "$@"; code=$?; [[ $code == 124 ]] && exit 0; exit $code ;;
esac
exec node "$CLONE/src/cli/rescdn.mjs" "$@"`,
};

/**
 * Opens a terminal in a clone of the project.
 *
 * @param folder for what the terminal itself needs
 * @param path where programs are looked for
 */
export async function openShell(clone: string, folder: string, env: Record<string, string>): Promise<Shell> {
  const bin = join(folder, "bin");
  await mkdir(bin, { recursive: true });
  for (const [name, script] of Object.entries(STAND_INS)) {
    await writeFile(join(bin, name), `#!/bin/bash\n${script}\n`);
    await chmod(join(bin, name), 0o755);
  }
  const file = (name: string) => join(folder, name);
  const modules = join(clone, "node_modules/.bin");
  const child = spawn("bash", ["--noprofile", "--norc"], {
    cwd: clone,
    env: {
      ...env,
      HOME: folder,
      TMPDIR: folder,
      PATH: [bin, modules, process.env.PATH].join(":"),
      CLONE: clone,
      REAL_CURL: which("curl"),
      REAL_NPM: join(modules, "npm"),
      STATUSES: file("statuses"),
      BACKGROUND: file("background"),
    },
    stdio: ["pipe", "ignore", "ignore", "pipe"],
  });
  const ends = createInterface(child.stdio[3] as Readable)[Symbol.asyncIterator]();
  await Promise.all(["statuses", "background"].map((name) => writeFile(file(name), "")));
  return {
    async run(command) {
      await Promise.all([writeFile(file("command"), `${command}\n`), writeFile(file("statuses"), "")]);
      child.stdin!.write(
        `source "${file("command")}" > "${file("stdout")}" 2> "${file("stderr")}" < /dev/null; echo $? >&3\n`,
      );
      const { value, done } = await ends.next();
      if (done) throw new Error(`the shell ended: ${command}`);
      const [stdout, stderr, statuses] = await Promise.all(
        ["stdout", "stderr", "statuses"].map((name) => readFile(file(name), "utf8")),
      );
      return {
        code: Number(value),
        stdout: stdout!,
        stderr: stderr!,
        statuses: statuses!.split("\n").filter(Boolean).map(Number),
      };
    },
    async close() {
      for (const pid of (await readFile(file("background"), "utf8")).split("\n").filter(Boolean)) end(Number(pid));
      await endOf(child);
    },
  };
}

async function endOf(child: ChildProcess): Promise<void> {
  const ended = once(child, "exit");
  child.stdin!.end();
  await ended;
}

function end(pid: number): void {
  try {
    process.kill(pid);
  } catch {
    // It has ended by itself.
  }
}

function which(name: string): string {
  return spawnSync("bash", ["-c", `command -v ${name}`], { encoding: "utf8" }).stdout.trim();
}
