import { describe, expect, it } from "vitest";
import { EVENTS } from "../../src/log/events.ts";
import { callsOf, projectFiles, read } from "./source-files.ts";

const sources = projectFiles().filter((path) => /^src\/.+\.ts$/.test(path) && !path.startsWith("src/log/"));

/** The event that each call of `log()`, `report()` and `lineOf()` names; null where it is not written there. */
const logged = sources.flatMap((path) =>
  ["log", "report", "lineOf"].flatMap((name) =>
    callsOf(name, read(path))
      .filter((call) => !/^\w+\((?:event|[\w.]*): /.test(call)) // a declaration
      .map((call) => ({ path, call, event: /^\w+\(\s*"(\w+)"/.exec(call)?.[1] ?? null })),
  ),
);

describe("logs", () => {
  it("name no event that the table lacks, and the table none that is never logged", () => {
    const elsewhere = ["src/server/log/"]; // what passes on what others have named
    const unnamed = logged.filter(
      ({ event, path }) => event === null && !elsewhere.some((one) => path.startsWith(one)),
    );
    expect(unnamed).toEqual([]);
    const names = logged.flatMap(({ event }) => event ?? []);
    // Written by the files that pass events on.
    const passedOn = ["runtime", "runtime_failed", "disk_full", "disk_refuses", "disk_writes_again"];
    expect([...new Set([...names, ...passedOn])].sort()).toEqual(Object.keys(EVENTS).sort());
  });

  it("are written in one place: nothing else calls the console or writes to stderr", () => {
    const allowed = ["src/server/log/print.ts", "src/server/command.ts"];
    // What runs in browsers has a console of its own, and the command line writes for people.
    const ofServers = sources.filter((path) => !/^src\/(?:(?:dashboard|docs)\/page|cli)\//.test(path));
    const found = ofServers.filter((path) => /\bconsole\.|\bprocess\.std(?:err|out)\.write/.test(read(path)));
    expect(found.filter((path) => !allowed.includes(path))).toEqual([]);
  });

  it("have a table for operators that says what the code says", () => {
    const rows = read("src/docs/logs.md")
      .split("\n")
      .filter((line) => line.startsWith("| `"))
      .map((line) => line.slice(2, -2).split(" | "));
    const table = Object.entries(EVENTS).map(([name, [level, meaning, whatToDo]]) => [
      `\`${name}\``,
      level,
      meaning,
      whatToDo,
    ]);
    expect(rows).toEqual(table);
    expect(read("README.md")).toContain("src/docs/logs.md");
  });
});
