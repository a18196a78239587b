import { existsSync, readFileSync } from "node:fs";
import { SourceMap, type SourceMapPayload } from "node:module";
import { dirname, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { projectRoot } from "../project.ts";

/** A position in a built module, as V8 writes it. */
const PLACE = /file:\/\/[^\s()]+\.mjs:(\d+):(\d+)/g;

const maps = new Map<string, SourceMap | null>();

/** A stack with positions in our sources instead of the built Worker. */
export function readableStack(stack: string): string {
  return stack.replace(PLACE, (place, line: string, column: string) => {
    const path = fileURLToPath(place.slice(0, -`:${line}:${column}`.length));
    const map = mapOf(path);
    const origin = map?.findOrigin(Number(line), Number(column));
    if (origin === undefined || !("fileName" in origin)) return place;
    const { sourceRoot = "" } = map!.payload;
    const source = relative(projectRoot, resolve(dirname(path), sourceRoot, origin.fileName));
    return `${source}:${origin.lineNumber}:${origin.columnNumber}`;
  });
}

/** The source map beside a built module; null: there is none. */
function mapOf(path: string): SourceMap | null {
  let map = maps.get(path);
  if (map === undefined) {
    const file = `${path}.map`;
    map = existsSync(file) ? new SourceMap(JSON.parse(readFileSync(file, "utf8")) as SourceMapPayload) : null;
    maps.set(path, map);
  }
  return map;
}
