/** What workerd and Miniflare say, as events. */
import { stripVTControlCharacters } from "node:util";
import { EVENTS } from "../../log/events.ts";
import { lineOf } from "../../log/log.ts";
import { isExpectedNoise } from "./expected-noise.ts";
import type { Told } from "./print.ts";
import { readableStack } from "./readable-stack.ts";
import { pass, report } from "./report.ts";

/** A message of workerd's, or of a Worker in it. */
interface StructuredLog {
  /** Ms since the epoch. */
  timestamp: number;
  message: string;
}

/** Tells of what a Worker has logged, and of what workerd itself says that is not expected. */
export function fromWorkerd({ timestamp, message }: StructuredLog): void {
  const event = eventIn(message);
  if (event !== null) pass(event, timestamp);
  else if (!isExpectedNoise(message)) pass(saidByItself(message), timestamp);
}

/** Tells of what Miniflare says. */
export function fromMiniflare(message: string): void {
  report("miniflare", { message: stripVTControlCharacters(message).trim() });
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
