import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { projectRoot } from "../../src/server/project.ts";

export interface Import {
  /** The importing file, from the project's root. */
  from: string;
  /** A file from the project's root, or a package's specifier as it is written. */
  to: string;
  how: "static" | "dynamic" | "type";
}

/** Every file that git knows or would take in, from the project's root. */
export function projectFiles(): string[] {
  const listed = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "--deduplicate"], {
    cwd: projectRoot,
    encoding: "utf8",
  });
  const deleted = execFileSync("git", ["ls-files", "--deleted"], { cwd: projectRoot, encoding: "utf8" }).split("\n");
  return listed.split("\n").filter((path) => path !== "" && !deleted.includes(path));
}

export function read(path: string): string {
  return readFileSync(join(projectRoot, path), "utf8");
}

// The formatter keeps every specifier in double quotes and every static import at the start of a line.
const STATEMENT = /^(?:import|export)\s(?:(type)\s)?[^"';]*?\bfrom\s+"([^"]+)"|^import\s+"([^"]+)"/gm;
const DYNAMIC = /\bimport\(\s*"([^"]+)"/g;

/** What one file imports, in any way. */
export function importsOf(from: string, source: string = read(from)): Import[] {
  const resolve = (specifier: string) =>
    specifier.startsWith(".")
      ? relative(projectRoot, join(projectRoot, dirname(from), specifier)).replaceAll("\\", "/")
      : specifier;
  const statements = [...source.matchAll(STATEMENT)].map(
    ([, type, named, bare]): Import => ({ from, to: resolve(named ?? bare ?? ""), how: type ? "type" : "static" }),
  );
  const dynamic = [...source.matchAll(DYNAMIC)].map(
    ([, specifier]): Import => ({ from, to: resolve(specifier ?? ""), how: "dynamic" }),
  );
  return [...statements, ...dynamic];
}

/** The files that import each other in a circle: each circle's in their order, with all that hang together in one. */
export function cyclesOf(imports: readonly Import[]): string[][] {
  const targets = Map.groupBy(imports, ({ from }) => from);
  const reached = (start: string): Set<string> => {
    const seen = new Set<string>();
    const visit = (file: string) => {
      for (const { to } of targets.get(file) ?? []) {
        if (seen.has(to)) continue;
        seen.add(to);
        visit(to);
      }
    };
    visit(start);
    return seen;
  };
  const reach = new Map([...targets.keys()].map((file) => [file, reached(file)]));
  const circles = [...reach.keys()]
    .filter((file) => reach.get(file)!.has(file))
    .map((file) => [...reach.get(file)!].filter((other) => reach.get(other)?.has(file)).sort());
  return [...new Map(circles.map((circle) => [circle[0], circle])).values()];
}

/** The calls of a global function in a file, each with its arguments; methods that have its name are none. */
export function callsOf(name: string, source: string): string[] {
  return [...source.matchAll(new RegExp(`(?<![.#\\w])${name}\\(`, "g"))].flatMap(({ index }) => {
    const call = source.slice(index, endOfArguments(source, index + name.length));
    const line = source.slice(source.lastIndexOf("\n", index) + 1, index);
    const isMethod = /^\s*(?:override )?(?:async )?$/.test(line) && /^\s*[:{]/.test(source.slice(index + call.length));
    return isMethod || /^\s*(?:\*|\/\/)/.test(line) ? [] : [call];
  });
}

function endOfArguments(source: string, open: number): number {
  let depth = 0;
  // Strings are skipped whole: they may hold brackets.
  for (const { 0: token, index } of source.slice(open).matchAll(/"(?:[^"\\\n]|\\.)*"|[()]/g)) {
    if (token === "(") depth++;
    if (token === ")" && --depth === 0) return open + index + 1;
  }
  return source.length;
}
