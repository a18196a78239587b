import type { EventName } from "../../log/events.ts";
import { type Details, lineOf } from "../../log/log.ts";
import { isOfTheDisk } from "./disk-trouble.ts";
import { print, type Told } from "./print.ts";

/** Reports an event of this process's own. */
export function report(event: EventName, details: Details = {}): void {
  pass(JSON.parse(lineOf(event, details)) as Told, Date.now());
}

/** Reports an event, unless it only repeats that the disk takes no writes. @param at ms since the epoch */
export function pass(told: Told, at: number): void {
  if (!isOfTheDisk(String(told.error ?? told.message ?? ""))) print(told, at);
}
