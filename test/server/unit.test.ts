import { execFileSync, spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { projectRoot } from "../../src/server/project.ts";

it("systemd finds nothing to object to in the unit, where systemd-analyze is installed", async (context) => {
  if (spawnSync("systemd-analyze", ["--version"]).status !== 0) context.skip("systemd-analyze is not installed");
  const folder = await mkdtemp(join(tmpdir(), "rescdn-unit-"));
  try {
    const unit = await readFile(join(projectRoot, "src/server/rescdn.service"), "utf8");
    const path = join(folder, "rescdn.service");
    await writeFile(path, unit.replaceAll("/opt/rescdn", projectRoot.replace(/\/$/, "")));
    expect(execFileSync("systemd-analyze", ["verify", path], { encoding: "utf8", stdio: "pipe" })).toBe("");
    expect(unit).toMatch(/^KillMode=mixed$/m); // else workerd is told to end before it is asked what it has counted
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
