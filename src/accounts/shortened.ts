/** A value whose JSON has at most so many bytes: its largest parts are replaced by their size, such as `[20480 bytes]`. */
export function shortened(value: unknown, bytes: number): unknown {
  const size = sizeOf(value);
  if (size <= bytes) return value;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return omitted(size);
  const short = new Map<string, unknown>(Object.entries(value));
  const bySize = [...short].sort(([, a], [, b]) => sizeOf(b) - sizeOf(a));
  for (const [name, part] of bySize) {
    const excess = sizeOf(Object.fromEntries(short)) - bytes;
    if (excess <= 0) break;
    short.set(name, shortened(part, Math.max(sizeOf(part) - excess, 0)));
  }
  const object = Object.fromEntries(short);
  return sizeOf(object) <= bytes ? object : omitted(size);
}

function omitted(size: number): string {
  return `[${size} bytes]`;
}

function sizeOf(value: unknown): number {
  return new TextEncoder().encode(JSON.stringify(value) ?? "").length;
}
