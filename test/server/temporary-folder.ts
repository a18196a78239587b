import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

/** Makes a folder for the tests of a file or of a suite. It is removed after them, once everything that they started has ended. */
export function temporaryFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `rescdn-${name}-`));
  // Hooks that run after tests run in reverse order, so those that stop servers come before this one.
  afterAll(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
