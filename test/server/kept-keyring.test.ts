import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { newKeyring } from "../../src/secrets/keyring.ts";
import { keptKeyring } from "../../src/server/kept-keyring.ts";

it("what was sealed with any key that a server has kept is opened still, where the environment has some of them too", () => {
  const folder = mkdtempSync(join(tmpdir(), "rescdn-keyring-"));
  try {
    const [newest, middle, oldest] = [newKeyring(), newKeyring(), newKeyring()];
    writeFileSync(join(folder, "secrets-key"), `${middle} ${oldest}\n`);
    expect(keptKeyring(folder, undefined)).toBe(`${middle} ${oldest}`);
    expect(keptKeyring(folder, newest)).toBe(`${newest} ${middle} ${oldest}`);
    expect(keptKeyring(folder, `${newest},${middle}`)).toBe(`${newest} ${middle} ${oldest}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
