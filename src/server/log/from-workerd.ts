/** What workerd says, as events. */
import { EVENTS } from "../../log/events.ts";
import { lineOf } from "../../log/log.ts";
import { isExpectedNoise } from "./expected-noise.ts";
import type { Told } from "./print.ts";
import { readableStack } from "./readable-stack.ts";
import { pass } from "./report.ts";

/** A message of workerd's, or of a Worker in it. */
interface StructuredLog {
  /** Ms since the epoch. */
  timestamp: number;
  message: string;
}

/** Tells of a line that workerd has written: JSON, but for what it says as it crashes. */
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

/** Tells of what a Worker has logged, and of what workerd itself says that is not expected. */
function fromWorkerd({ timestamp, message }: StructuredLog): void {
  const event = eventIn(message);
  if (event !== null) pass(event, timestamp);
  else if (!isExpectedNoise(message)) pass(saidByItself(message), timestamp);
}

function saidByItself(message: string): Told {
  const event = message.startsWith("*** ") ? "runtime_failed" : "runtime";
  return JSON.parse(lineOf(event, { message: inOneLine(message) })) as Told;
}

/** An event of ours; null for anything else. */
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

/** Without the addresses of workerd's own code, which tell nobody anything, but with the reference that a Worker is told. */
function inOneLine(message: string): string {
  const [said = "", ...more] = message.split("\n");
  const reference = /wdErrId = (\w+)/.exec(more.join("\n"))?.[1];
  return reference === undefined ? said : `${said}; reference = ${reference}`;
}
