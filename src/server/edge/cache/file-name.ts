import type { CachedFile } from "./cache-index.ts";

/** The folders that files are distributed over, by the first digit of their ids. */
export const FOLDERS: readonly string[] = [..."0123456789abcdef"];

/** A body up to this size is written at once. The length of a longer one is not known when its file is named (bytes). */
export const AT_ONCE_BYTES = 1_048_576;

/** What a file's name tells about it; `bodyBytes` is null for a body above {@link AT_ONCE_BYTES}. */
export type NamedFile = Omit<CachedFile, "bodyBytes"> & { bodyBytes: number | null };

/** The path of a file. Its name has everything needed to find it again, so a restart reads no file. */
export function pathOf(file: NamedFile): string {
  const { id, sequence, headBytes, bodyBytes } = file;
  const length = bodyBytes === null || bodyBytes > AT_ONCE_BYTES ? "_" : bodyBytes.toString(36);
  return `${id[0]}/${id}-${sequence.toString(36)}-${headBytes.toString(36)}-${length}`;
}

/** The file with a name; null: the name is not one of ours. */
export function parseName(name: string): NamedFile | null {
  const match = /^([0-9a-f]{40})-([0-9a-z]{1,11})-([0-9a-z]{1,7})-([0-9a-z]{1,9}|_)$/.exec(name);
  if (match === null) return null;
  const [, id = "", sequence = "", headBytes = "", bodyBytes = ""] = match;
  return {
    id,
    sequence: Number.parseInt(sequence, 36),
    headBytes: Number.parseInt(headBytes, 36),
    bodyBytes: bodyBytes === "_" ? null : Number.parseInt(bodyBytes, 36),
  };
}
