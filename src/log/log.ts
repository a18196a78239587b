import { EVENTS, type EventName, type Level } from "./events.ts";

/**
 * What is logged beside an event's name: ids, words of our own, numbers. Of what a client wrote only the method, and never a
 * query, an address or a key. `error` may be anything that was thrown.
 */
export type Details = Readonly<Record<string, unknown>>;

/** The line for an event, as JSON. An error of our own includes its stack. */
export function lineOf(event: EventName, details: Details = {}): string {
  const level: Level = EVENTS[event][0];
  const { error, ...others } = details;
  return JSON.stringify({ level, event, ...others, ...(error !== undefined && saidOf(error, level)) });
}

/** Logs an event as one line of JSON. */
export function log(event: EventName, details: Details = {}): void {
  console[EVENTS[event][0]](lineOf(event, details));
}

function saidOf(error: unknown, level: Level): { error: string; stack?: string } {
  const text = String(error);
  if (level !== "error" || !(error instanceof Error) || error.stack === undefined) return { error: text };
  const stack = error.stack.startsWith(text) ? error.stack.slice(text.length) : error.stack;
  return { error: text, stack: stack.trim() };
}
