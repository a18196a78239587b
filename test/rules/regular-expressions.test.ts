import { analyse } from "scslre";
import { parseSync } from "vite";
import { describe, expect, it } from "vitest";
import { projectFiles, read } from "./source-files.ts";

/** A regular expression as it stands in a file; null: made of a text that only the run knows. */
interface Expression {
  path: string;
  written: { pattern: string; flags: string } | null;
}

function expressionsOf(path: string, source: string = read(path)): Expression[] {
  const found: Expression[] = [];
  const visit = (node: unknown): void => {
    if (typeof node !== "object" || node === null) return;
    const { type, regex, callee } = node as {
      type?: string;
      regex?: Expression["written"];
      callee?: { name?: string };
    };
    if (type === "Literal" && regex) found.push({ path, written: regex });
    if ((type === "NewExpression" || type === "CallExpression") && callee?.name === "RegExp") {
      found.push({ path, written: null });
    }
    for (const child of Object.values(node)) visit(child);
  };
  const { program, errors } = parseSync(path, source);
  if (errors.length > 0) throw new Error(`${path} cannot be read: ${errors[0]!.message}`);
  visit(program);
  return found;
}

/** Whether some text makes the work grow faster than itself, by backtracking or by beginning anew at each character. */
function isSuperlinear({ written }: Expression): boolean {
  return written !== null && analyse({ source: written.pattern, flags: written.flags }).reports.length > 0;
}

const sourceOf = ({ written }: Expression) => (written === null ? "" : `/${written.pattern}/${written.flags}`);

describe("expressionsOf()", () => {
  it("finds literals wherever they stand, and those made at run time", () => {
    const found = expressionsOf("x.ts", `const a: RegExp = /a+/g; f(new RegExp(b), "/c/", (d) => /e/.test(d));`);
    expect(found.map(sourceOf)).toEqual(["/a+/g", "", "/e/"]);
  });
});

describe("isSuperlinear()", () => {
  it.each(["^[ \\t]+|[ \\t]+$", "(a+)+b", "a*a*b", "\\s+x", "^(.*)=(.*);$"])("finds %s", (pattern) => {
    expect(isSuperlinear({ path: "x.ts", written: { pattern, flags: "" } })).toBe(true);
  });

  it.each(["^[ \\t]+", "^a+b*$", "^[^,]*,", "^(?:a|b)*$"])("lets %s pass", (pattern) => {
    expect(isSuperlinear({ path: "x.ts", written: { pattern, flags: "" } })).toBe(false);
  });
});

describe("regular expressions", () => {
  const sources = projectFiles().filter((path) => /^src\/.+\.ts$/.test(path));
  const expressions = sources.flatMap((path) => expressionsOf(path));

  it("take time in proportion to their text, whatever it is", () => {
    expect(expressions.length).toBeGreaterThan(100);
    const found = expressions.filter(isSuperlinear);
    expect(found.map((expression) => `${expression.path}: ${sourceOf(expression)}`)).toEqual([]);
  });

  it("are all written down, where they serve strangers", () => {
    const made = expressions.filter(({ path, written }) => written === null && !path.startsWith("src/server/"));
    expect(made).toEqual([]);
  });
});
