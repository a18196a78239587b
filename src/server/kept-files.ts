import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { projectRoot } from "./project.ts";

/** Where things made from sources are kept between starts of a server. */
export const KEPT = join(projectRoot, "dist/built");

/** States of files, by their paths from the project's root. */
export type FileStates = Readonly<Record<string, string>>;

/** Null: one of them has changed since `began` (ms since the epoch), and may have been read before or after. */
export async function statesOf(paths: readonly string[], began: number): Promise<FileStates | null> {
  const states = await Promise.all(paths.map(async (path) => [path, await stateOf(path)] as const));
  if (states.some(([, { changedAt }]) => changedAt >= began)) return null;
  return Object.fromEntries(states.map(([path, { text }]) => [path, text]));
}

export async function areUnchanged(states: FileStates): Promise<boolean> {
  const unchanged = Object.entries(states).map(async ([path, state]) => (await stateOf(path)).text === state);
  return (await Promise.all(unchanged)).every(Boolean);
}

async function stateOf(path: string): Promise<{ text: string; changedAt: number }> {
  const found = await stat(resolve(projectRoot, path)).catch(() => null);
  return { text: `${found?.mtimeMs} ${found?.size}`, changedAt: found?.mtimeMs ?? 0 };
}
