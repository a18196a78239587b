import { normalisePath } from "../../http/uri.ts";

/** A path glob, normalised like the paths that it is compared with. Its stars stay. */
export function pathPattern(glob: string): string {
  const isWhole = glob.startsWith("/");
  // With a host in front, so that "//x" stays a path.
  const url = URL.parse(`https://zone.invalid${isWhole ? "" : "/"}${glob}`);
  if (url === null) return glob;
  const path = normalisePath(url.pathname);
  return isWhole ? path : path.slice(1);
}
