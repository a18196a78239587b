import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { projectRoot } from "../../src/dev/project.ts";

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
