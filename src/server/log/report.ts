/** What this process tells of events, in its own name and in that of its Workers. */
import { type EventName, LEVELS, type Level } from "../../log/events.ts";
import { type Details, lineOf } from "../../log/log.ts";
import { textOf } from "./text-of.ts";

/** `json`: a line of JSON an event, for machines. `text`: for people. */
export const LOG_FORMATS = ["json", "text"] as const;

export type LogFormat = (typeof LOG_FORMATS)[number];

const settings: { format: LogFormat; level: Level } = { format: process.stderr.isTTY ? "text" : "json", level: "info" };

/** How the process logs from now on. */
export function logAs(changes: Partial<typeof settings>): void {
  Object.assign(settings, changes);
}

/** Tells of an event on stderr. */
export function report(event: EventName, details: Details = {}): void {
  write(lineOf(event, details), Date.now());
}

/**
 * Writes the line of an event, as `lineOf` makes it, with its time before it.
 *
 * @param at ms since the epoch
 */
export function write(line: string, at: number): void {
  const told = JSON.parse(line) as { level: Level; event: EventName } & Details;
  if (LEVELS.indexOf(told.level) < LEVELS.indexOf(settings.level)) return;
  const time = new Date(at);
  const text = settings.format === "text" ? textOf(told, time) : JSON.stringify({ time: time.toISOString(), ...told });
  process.stderr.write(`${text}\n`);
}
