import type { OriginExchange, Step } from "./journal.ts";
import { seesField, spelled } from "./resource.ts";

/** What the edge says to an origin for itself. */
const OWN = [
  "accept",
  "accept-encoding",
  "cache-control",
  "cdn-loop",
  "content-length",
  "if-modified-since",
  "if-none-match",
  "if-range",
  "pragma",
  "range",
  "surrogate-capability",
  "user-agent",
  "via",
  "x-forwarded-host",
  "x-forwarded-proto",
];

/** In each step different values of headers that its zone does not forward: none may ever reach an origin, or another client. */
export const MARKED = [
  "origin",
  "referer",
  "user-agent",
  "via",
  "x-client",
  "x-forwarded-host",
  "x-original-url",
] as const;

export const MARK = /mark-(\d+)-/g;

/** What the origin gets of a step's client, beyond path, query and method. */
export function forwarded({ method, headers, settings }: Step): Map<string, string> {
  const isUnsafe = method !== "GET" && method !== "HEAD";
  const fields = new Map<string, string>();
  for (const [name, value] of headers) {
    const isContent = name === "content-type" || (name === "origin" && settings.forward.headers === "all");
    const isListed = settings.forward.headers !== "all" && settings.forward.headers.includes(name);
    if (seesField(name, settings) || (isUnsafe && isContent)) fields.set(name, isListed ? spelled(name, value) : value);
  }
  const loop = headers.get("cdn-loop");
  if (loop !== null) fields.set("cdn-loop", loop);
  return fields;
}

/** Whether both send the origin the same. */
export function sendSame(one: Step, other: Step): boolean {
  const [a, b] = [forwarded(one), forwarded(other)];
  return a.size === b.size && [...a].every(([name, value]) => b.get(name) === value);
}

/** The origin sees of a client's request what the zone forwards, as it is in the key, and nothing else. */
export function* originFaults(exchange: OriginExchange, step: Step): Iterable<string> {
  const wanted = forwarded(step);
  const seen = exchange.request;
  for (const [name, value] of wanted) {
    const given = name === "cdn-loop" ? seen.get(name)?.replace(/, rescdn$/i, "") : seen.get(name);
    if (given !== value) yield `#${exchange.id}: the origin sees ${name} "${given}", not "${value}"`;
  }
  for (const [name, value] of seen) {
    if (wanted.has(name)) continue;
    if (!OWN.includes(name)) yield `#${exchange.id}: ${name} reaches the origin`;
    if (/^(cache-control|pragma)$/.test(name) && value !== "min-fresh=0") yield `#${exchange.id}: ${name}: ${value}`;
    if (value.match(MARK)) yield `#${exchange.id}: the client's ${name} reaches the origin`;
  }
  // A stored response is validated by what the origin has said of it.
  const isSafe = step.method === "GET" || step.method === "HEAD";
  if (isSafe && /"(bogus|other)"/.test(seen.get("if-none-match") ?? "")) yield `#${exchange.id}: a client's condition`;
}
