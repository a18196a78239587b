/** Reports once a minute that the disk takes no writes, instead of everything that fails because of it. */
import type { EventName } from "../../log/events.ts";
import { type Details, lineOf } from "../../log/log.ts";
import { troubleOf } from "../state-disk.ts";
import { print, type Told } from "./print.ts";

/** How workerd and SQLite report problems with a disk. */
const OF_A_DISK =
  /\bSQLITE_(?:FULL|READONLY|IOERR|CANTOPEN)|\bNo space left on device\b|\bDisk quota exceeded\b|\bRead-only file system\b|\bInput\/output error\b|\bFile too large\b/;

/** What a Worker is told about an error in the layer below it, which may be the disk's. */
const INTERNAL = /\binternal error; reference = /;

const SAY_EVERY_MS = 60_000;
const LOOK_EVERY_MS = 1_000;
const LATE_MS = 5_000;

/** The state's folder; null: no state is kept. */
let folder: string | null = null;
/** By the monotonic clock, ms; null: as far as is known, the disk takes writes. */
let saidAt: number | null = null;
/** When it took writes again. Earlier failures may still be reported late. */
let overAt = Number.NEGATIVE_INFINITY;
let untold = 0;

/** From now on, failures because of this folder's disk are reported as the disk's. */
export function watchDiskOf(stateDir: string): void {
  folder = stateDir;
}

/** Whether an event is only another sign that the disk takes no writes, which is reported here instead. */
export function isOfTheDisk(error: string): boolean {
  if (folder === null) return false;
  const isKnown = saidAt !== null || performance.now() - overAt < LATE_MS;
  const isSign = OF_A_DISK.test(error) || (isKnown && INTERNAL.test(error));
  if (!isSign) return false;
  if (!isKnown && troubleOf(folder) === null) return false;
  untold++;
  tell(folder);
  return true;
}

function tell(stateDir: string): void {
  const now = performance.now();
  if (saidAt !== null && now - saidAt < SAY_EVERY_MS) return;
  const trouble = troubleOf(stateDir);
  if (trouble === null) return; // the next look will notice
  if (saidAt === null) lookUntilItTakesWrites(stateDir);
  saidAt = now;
  say(trouble.event, { reason: trouble.message });
}

function lookUntilItTakesWrites(stateDir: string): void {
  const looking = setInterval(() => {
    if (troubleOf(stateDir) !== null) return tell(stateDir);
    clearInterval(looking);
    saidAt = null;
    overAt = performance.now();
    say("disk_writes_again", {});
  }, LOOK_EVERY_MS);
  looking.unref();
}

/** Reports an event with the number of events that it stands for. */
function say(event: EventName, details: Details): void {
  print(JSON.parse(lineOf(event, { ...details, failed: untold })) as Told, Date.now());
  untold = 0;
}
