import { normalisePath } from "./uri.ts";

/**
 * A path as the most lenient server reads it: several slashes as one, an encoded slash or backslash as one, without what stands
 * behind a semicolon, and after that without dot segments. What guards a path is not to be passed by another spelling of it.
 *
 * @param path normalised
 */
export function lenientPath(path: string): string {
  const segments = path.replace(/%2F|%5C/g, "/").split("/");
  const read = segments.map((segment) => segment.split(";", 1)[0]!);
  // An empty one at the end says that a folder is meant.
  const kept = read.filter((segment, at) => at === 0 || at === read.length - 1 || segment !== "");
  return normalisePath(kept.join("/"));
}
