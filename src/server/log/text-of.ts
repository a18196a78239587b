import { stripVTControlCharacters, styleText } from "node:util";
import type { Level } from "../../log/events.ts";
import type { Details } from "../../log/log.ts";

const STYLES = { info: "dim", warn: "yellow", error: "red" } as const satisfies Record<Level, string>;

/** An event for people: the time of day, what happened, and a stack below. */
export function textOf(told: { level: Level; event: string } & Details, time: Date): string {
  const { level, event, stack, ...details } = told;
  const said = event === "api_request" ? callOf(details) : `${styled(level, event)} ${detailsOf(details)}`;
  const trace = typeof stack === "string" ? stack.split("\n").map((line) => `\n    ${clean(line.trim())}`) : [];
  return styled("info", timeOf(time)) + said.trimEnd() + trace.join("");
}

/** `GET /v1/zones 200 8 ms` */
function callOf({ method, route, status, ms }: Details): string {
  return clean(`${method} ${route} ${status} ${ms} ms`);
}

function detailsOf(details: Details): string {
  return Object.entries(details)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}=${shown(value)}`)
    .join(" ");
}

function shown(value: unknown): string {
  if (typeof value !== "string") return JSON.stringify(value);
  const text = clean(value);
  return /^[^\s"=]+$/.test(text) ? text : JSON.stringify(text);
}

/** Text influenced by an origin or a client must not be able to move the reader's cursor. */
function clean(text: string): string {
  return stripVTControlCharacters(text).replace(/\p{Cc}/gu, " ");
}

function timeOf(time: Date): string {
  return `${time.toTimeString().slice(0, 8)} `;
}

function styled(level: Level, text: string): string {
  return styleText(STYLES[level], text, { stream: process.stderr });
}
