import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { newKeyring } from "../secrets/keyring.ts";
import { refuseBrokenKeyring } from "./command.ts";

/**
 * The keyring that a server seals customers' secrets with: the environment's, followed by what earlier starts have stored in
 * the state's folder, so that older secrets can be opened. If there is neither, a new one is made and stored, in a file that
 * only its user may read.
 */
export function keptKeyring(stateDir: string, given: string | undefined): string {
  const kept = readOrNull(fileIn(stateDir));
  if (kept !== null) refuseBrokenKeyring(kept);
  if (given) return kept === null ? given : joined(given, kept);
  if (kept !== null) return kept;
  const made = newKeyring();
  keepKeyring(stateDir, made);
  return made;
}

/** Stores a keyring in the state's folder, if there is none. */
export function keepKeyring(stateDir: string, keyring: string): void {
  if (readOrNull(fileIn(stateDir)) !== null) return;
  writeFileSync(fileIn(stateDir), `${keyring}\n`, { mode: 0o600, flag: "wx" });
}

function fileIn(stateDir: string): string {
  return join(stateDir, "secrets-key");
}

function joined(given: string, kept: string): string {
  const [own, earlier] = [given, kept].map((text) => text.split(/[\s,]+/).filter(Boolean));
  // A key in both is the same one.
  const others = earlier!.filter((key) => !own!.some((one) => idOf(one) === idOf(key)));
  return [...own!, ...others].join(" ");
}

function idOf(key: string): string {
  return key.split(":")[0]!;
}

function readOrNull(file: string): string | null {
  try {
    return readFileSync(file, "utf8").trim();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}
