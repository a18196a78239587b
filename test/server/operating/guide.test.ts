import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { families } from "../../../src/metrics/families.ts";
import { readOptions, USAGE } from "../../../src/server/deploy/options.ts";
import { projectRoot } from "../../../src/server/project.ts";
import { Totals } from "../../../src/usage/totals.ts";

const path = join(projectRoot, "src/docs/operating.md");
const guide = readFileSync(path, "utf8");

describe("the guide to operating", () => {
  it("names scripts that there are", () => {
    const { scripts } = JSON.parse(readFileSync(join(projectRoot, "package.json"), "utf8")) as { scripts: object };
    const named = [...guide.matchAll(/\bnpm run ([\w:-]+)/g)].map(([, name]) => name!);
    expect(named).toContain("deploy");
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });

  it("names files that there are", () => {
    const named = [...guide.matchAll(/\]\((?!https:)([^)#]+)/g)].map(([, to]) => to!);
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((to) => !existsSync(join(dirname(path), to)))).toEqual([]);
  });

  it("gives npm run deploy flags that it takes", () => {
    const lines = [...guide.matchAll(/^npm run deploy -- (.*?)\s*(?:#.*)?$/gm)].map(([, args]) => args!.split(/\s+/));
    expect(lines.length).toBeGreaterThan(0);
    for (const args of lines) expect(() => readOptions(args)).not.toThrow();
    const table = guide.split("| flag | for |")[1]!.split("\n\n")[0]!;
    const flags = [...table.matchAll(/--[a-z][a-z-]+/g)].map(([flag]) => flag);
    expect(flags.filter((flag) => !USAGE.includes(flag))).toEqual([]);
  });

  it("names every figure of /metrics and no other", () => {
    const totals = new Totals();
    totals.add({
      zones: [
        {
          lines: [["HIT", 2, 1, 1]],
          failures: [
            ["origin-5xx", 1],
            ["refused denied", 1],
          ],
        },
      ] as never,
    });
    const isolate = { memoryBytes: 0, meterLagMs: 0, originTimes: { boundsMs: [5], counts: [1, 0], sumMs: 1 } };
    const all = families({
      version: null,
      now: 0,
      configured: { keyring: true },
      database: { lag: [{ kind: "zone", documents: 0, lagMs: 0 }], bytes: 1 },
      totals,
      isolates: [{ process: "edge-1", figures: isolate }],
      processes: [{ name: "command", residentBytes: 1 }],
    });
    expect(all.filter(({ samples }) => samples.length === 0)).toEqual([]);
    const table = guide.split("| figure | what | where |")[1]!.split("\n\n")[0]!;
    const named = [...table.matchAll(/`(rescdn_\w+)/g)].map(([, name]) => name!.replace(/_total$/, ""));
    expect(named.sort()).toEqual(all.map(({ name }) => name).sort());
  });
});
