import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** What a file takes of the runtime's storage and bindings. */
const BINDINGS = /["']cloudflare:(?:workers|test)["']/;
const IMPORTS = /^(?:import|export|\}).*["'](\.[^"']+)["'];$/gm;

/**
 * The test files that neither themselves nor by what they share with other tests touch a binding: functions in, values out.
 *
 * @param exclude globs of those that are none of these
 */
export function pureTests(root: string, exclude: readonly string[]): string[] {
  const known = new Map<string, boolean>();
  const isPure = (path: string): boolean => {
    const before = known.get(path);
    if (before !== undefined) return before;
    known.set(path, true); // a circle adds nothing
    const text = readFileSync(join(root, path), "utf8");
    const shared = [...text.matchAll(IMPORTS)]
      .map(([, to]) => join(dirname(path), to!))
      .filter((to) => to.startsWith("test/") && !to.endsWith(".d.ts"));
    const answer = !BINDINGS.test(text) && shared.every(isPure);
    known.set(path, answer);
    return answer;
  };
  return globSync("test/**/*.test.ts", { cwd: root, exclude }).filter(isPure);
}
