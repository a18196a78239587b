import type { EventName } from "../../log/events.ts";
import { type Details, lineOf } from "../../log/log.ts";
import { isOfTheDisk } from "./disk-trouble.ts";
import { print, type Told } from "./print.ts";

/** Tells of an event, in this process's own name. */
export function report(event: EventName, details: Details = {}): void {
  pass(JSON.parse(lineOf(event, details)) as Told, Date.now());
}

/** Tells of an event, unless it only says once more that the disk takes no writes. @param at ms since the epoch */
export function pass(told: Told, at: number): void {
  if (!isOfTheDisk(String(told.error ?? told.message ?? ""))) print(told, at);
}
