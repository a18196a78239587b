/** How often a server may decode a path one after the other before nobody believes it any more. */
const MOST_DECODINGS = 4;

/**
 * The path at an origin that has one of its own: what the client asks for, behind it. Null where some server could read it as
 * something beside or above that: by dot segments, percent-encoded once or several times, behind an encoded slash, a backslash
 * or a path parameter (`..;x`).
 *
 * @param prefix without a slash at its end; `""`: the origin is a whole host, out of which no path leads
 * @param path begins with a slash, without a query
 */
export function pathBelow(prefix: string, path: string): string | null {
  if (prefix === "") return path;
  let read = path;
  for (let decodings = 0; decodings <= MOST_DECODINGS; decodings++) {
    if (climbs(read)) return null;
    const decoded = decodedOnce(read);
    if (decoded === read) return prefix + path;
    read = decoded;
  }
  return null;
}

/** Whether dot segments lead above where the path begins, to a server that takes all that ever passed for a slash for one. */
function climbs(path: string): boolean {
  if (!path.includes("..")) return false;
  let depth = 0;
  for (const segment of path.split(/[/\\]/)) {
    // Controls and blanks are dropped by some, and what is behind a ";" by others.
    const name = segment.split(/[;?#]/, 1)[0]!.replace(/[\0-\x20\x7f]/g, "");
    if (name === "..") depth--;
    // Some take `//` for one slash: an empty segment is no step down.
    else if (name !== "" && name !== ".") depth++;
    if (depth < 0) return true;
  }
  return false;
}

/** Overlong UTF-8 of dot, slash and backslash is what servers once read as such. */
const OVERLONG: readonly (readonly [RegExp, string])[] = [
  [/%(?:c0%ae|e0%80%ae)/gi, "."],
  [/%(?:c0%af|e0%80%af)/gi, "/"],
  [/%(?:c1%9c|e0%81%9c)/gi, "\\"],
  [/%u(?:002e|ff0e|2024)/gi, "."],
  [/%u(?:002f|2215|2044|ff0f)/gi, "/"],
  [/%u(?:005c|2216|ff3c)/gi, "\\"],
];

function decodedOnce(path: string): string {
  let read = path;
  for (const [spelling, meant] of OVERLONG) read = read.replace(spelling, meant);
  return read.replace(/%([0-9a-f]{2})/gi, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
}
