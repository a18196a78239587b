import { normalisePath } from "./uri.ts";

/**
 * A path as the most lenient server reads it: runs of slashes as one slash, encoded slashes and backslashes as slashes, without
 * what follows a semicolon, and then without dot segments. No other spelling of a guarded path may get past its guard.
 *
 * @param path normalised
 */
export function lenientPath(path: string): string {
  const segments = path.replace(/%2F|%5C/g, "/").split("/");
  const read = segments.map((segment) => segment.split(";", 1)[0]!);
  // An empty segment at the end means a folder.
  const kept = read.filter((segment, at) => at === 0 || at === read.length - 1 || segment !== "");
  return normalisePath(kept.join("/"));
}
