import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { deserialize, serialize } from "node:v8";
import { areUnchanged, type FileStates, KEPT, statesOf } from "../kept-files.ts";

interface Kept<Value> {
  key: string;
  sources: FileStates;
  value: Value;
}

/**
 * The result of `make`, or its earlier result if the sources have not changed: loading wrangler takes longer than everything
 * that a server asks of it.
 *
 * @param name of the file
 * @param key what it depends on besides the sources
 */
export async function kept<Value>(
  name: string,
  key: string,
  sources: readonly string[],
  make: () => Promise<Value>,
): Promise<Value> {
  const path = join(KEPT, name);
  const before = await readKept<Value>(path);
  if (before?.key === key && (await areUnchanged(before.sources))) return before.value;
  const began = Date.now();
  const value = await make();
  const states = await statesOf(sources, began);
  // If the folder cannot be written to, the next start only takes longer.
  if (states !== null) await keep<Value>(path, { key, sources: states, value }).catch(() => undefined);
  return value;
}

async function readKept<Value>(path: string): Promise<Kept<Value> | null> {
  try {
    return deserialize(await readFile(path)) as Kept<Value>;
  } catch {
    return null;
  }
}

/** Replaced as a whole, since others may be reading it. */
async function keep<Value>(path: string, entry: Kept<Value>): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const own = `${path}.${process.pid}`;
  await writeFile(own, serialize(entry));
  await rename(own, path);
}
