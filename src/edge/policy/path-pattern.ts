import { normalisePath } from "../../http/uri.ts";

/** A path glob in the spelling of the paths that it is compared with; its stars stay. */
export function pathPattern(glob: string): string {
  const isWhole = glob.startsWith("/");
  // Behind a host, so that "//x" stays a path.
  const url = URL.parse(`https://zone.invalid${isWhole ? "" : "/"}${glob}`);
  if (url === null) return glob;
  const path = normalisePath(url.pathname);
  return isWhole ? path : path.slice(1);
}
