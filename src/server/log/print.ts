/** How this process writes its log. */
import { type EventName, LEVELS, type Level } from "../../log/events.ts";
import type { Details } from "../../log/log.ts";
import { textOf } from "./text-of.ts";

/** `json`: one line of JSON per event, for machines. `text`: for people. */
export const LOG_FORMATS = ["json", "text"] as const;

export type LogFormat = (typeof LOG_FORMATS)[number];

/** An event as `lineOf` writes it. */
export type Told = { level: Level; event: EventName } & Details;

const settings: { format: LogFormat; level: Level } = { format: process.stderr.isTTY ? "text" : "json", level: "info" };

/** Changes how the process logs from now on. */
export function logAs(changes: Partial<typeof settings>): void {
  Object.assign(settings, changes);
}

/** Writes an event to stderr, unless its level is too low. @param at ms since the epoch */
export function print(told: Told, at: number): void {
  if (LEVELS.indexOf(told.level) < LEVELS.indexOf(settings.level)) return;
  const time = new Date(at);
  const text = settings.format === "text" ? textOf(told, time) : JSON.stringify({ time: time.toISOString(), ...told });
  process.stderr.write(`${text}\n`);
}
