import { deflateSync } from "node:zlib";
import { date, list } from "./directives.ts";
import type { Random } from "./random.ts";

/** RFC 9110 §13.1.2, §13.1.3. */
export function isUnchanged(request: Headers, etag: string | null, modified: number | null): boolean {
  const opaque = (tag: string) => tag.replace(/^W\//, "");
  const tags = request.get("if-none-match");
  if (tags !== null) return etag !== null && list(tags).some((tag) => tag === "*" || opaque(tag) === opaque(etag));
  const since = date(request.get("if-modified-since"));
  return since !== null && modified !== null && modified <= since;
}

/** A media type that fits a path. */
export function typeOf(path: string, random: Random): string {
  const registered = { css: "text/css", js: "text/javascript", png: "image/png", json: "application/json" };
  const type = registered[/\.(\w+)$/.exec(path)?.[1] as keyof typeof registered] ?? "text/plain";
  return random.pick([type, type, "application/octet-stream"]);
}

/** A text of about `size` bytes that begins with its title, as often as it fits. */
export function contentOf(title: string, size: number): Uint8Array {
  return new TextEncoder().encode(
    size === 0 ? "" : title.repeat(Math.ceil(size / title.length)).slice(0, Math.max(size, title.length)),
  );
}

/** A number for a text, different for different ones as far as a scenario goes. */
export function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const char of text) value = Math.imul(value ^ char.charCodeAt(0), 0x01000193);
  return value >>> 0;
}

export function deflated(text: Uint8Array): Uint8Array {
  return new Uint8Array(deflateSync(new TextDecoder().decode(text)));
}
