/** How many rounds of decoding are believed of a server. */
const MOST_DECODINGS = 4;

/**
 * The client's path, appended to the origin's own path. Null if some server could read it as leading beside or above that: by
 * dot segments, percent-encoded once or several times, or after an encoded slash, a backslash or a path parameter (`..;x`).
 *
 * @param prefix without a slash at its end; `""`: the origin is a whole host, which no path can leave
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

/**
 * Whether dot segments lead above the path's beginning, for a server that treats everything that ever passed for a slash as
 * one.
 */
function climbs(path: string): boolean {
  if (!path.includes("..")) return false;
  let depth = 0;
  for (const segment of path.split(/[/\\]/)) {
    // Some servers drop control characters and blanks, others what follows a ";".
    const name = segment.split(/[;?#]/, 1)[0]!.replace(/[\0-\x20\x7f]/g, "");
    if (name === "..") depth--;
    // Some servers treat `//` as one slash, so an empty segment is not a step down.
    else if (name !== "" && name !== ".") depth++;
    if (depth < 0) return true;
  }
  return false;
}

/** Overlong UTF-8 for dot, slash and backslash, which some servers used to accept. */
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
