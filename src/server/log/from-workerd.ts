/** Turns what workerd writes into events. */
import { EVENTS } from "../../log/events.ts";
import { lineOf } from "../../log/log.ts";
import { isExpectedNoise } from "./expected-noise.ts";
import type { Told } from "./print.ts";
import { readableStack } from "./readable-stack.ts";
import { pass } from "./report.ts";

/** A message from workerd, or from a Worker in it. */
interface StructuredLog {
  /** Ms since the epoch. */
  timestamp: number;
  message: string;
}

/** Reports a line that workerd wrote: JSON, except for what it says as it crashes. */
export function fromLine(line: string): void {
  fromWorkerd(structured(line) ?? { timestamp: Date.now(), message: line });
}

function structured(line: string): StructuredLog | null {
  try {
    const { timestamp, message } = JSON.parse(line) as Record<string, unknown>;
    return typeof message === "string" ? { timestamp: Number(timestamp) || Date.now(), message } : null;
  } catch {
    return null;
  }
}

/** Reports what a Worker logged, and what workerd itself says unexpectedly. */
function fromWorkerd({ timestamp, message }: StructuredLog): void {
  const event = eventIn(message);
  if (event !== null) pass(event, timestamp);
  else if (!isExpectedNoise(message)) pass(saidByItself(message), timestamp);
}

function saidByItself(message: string): Told {
  const event = message.startsWith("*** ") ? "runtime_failed" : "runtime";
  return JSON.parse(lineOf(event, { message: inOneLine(message) })) as Told;
}

/** One of our events; null: it is something else. */
function eventIn(message: string): Told | null {
  if (!message.startsWith('{"level":"')) return null;
  try {
    const told = JSON.parse(message) as Told;
    if (!Object.hasOwn(EVENTS, told.event)) return null;
    return typeof told.stack === "string" ? { ...told, stack: readableStack(told.stack) } : told;
  } catch {
    return null;
  }
}

/** Without the addresses in workerd's own code, which help nobody, but with the reference that a Worker is given. */
function inOneLine(message: string): string {
  const [said = "", ...more] = message.split("\n");
  const reference = /wdErrId = (\w+)/.exec(more.join("\n"))?.[1];
  return reference === undefined ? said : `${said}; reference = ${reference}`;
}
