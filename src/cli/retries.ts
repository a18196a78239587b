import { setTimeout as wait } from "node:timers/promises";
import { note, progress } from "./terminal.ts";

/** So often a call is made again: others that wait as well may be faster. */
const RETRIES = 30;
/** So long it waits for that at most. */
const LONGEST_WAIT_MS = 90_000;
/** A shorter wait is shown on a terminal alone. */
const LONG_MS = 5_000;

/** `fetch` that waits as long as a server says that asks too much (RFC 9110 §10.2.3), and asks again. */
export async function fetchAgain(request: Request): Promise<Response> {
  for (let tries = 0; ; tries++) {
    // A body can be sent once.
    const answer = await fetch(request.clone());
    const pause = answer.status === 429 ? pauseOf(answer.headers.get("retry-after")) : null;
    if (pause === null || pause > LONGEST_WAIT_MS || tries === RETRIES) return answer;
    await answer.body?.cancel();
    resting ??= rest(pause);
    await resting;
  }
}

/** What calls that are made at the same time wait for together. */
let resting: Promise<void> | null = null;

async function rest(pause: number): Promise<void> {
  const said = `The API takes no more calls for now: trying again in ${Math.ceil(pause / 1000)} s.`;
  if (pause < LONG_MS) progress(said);
  else note(said);
  await wait(pause);
  resting = null;
}

function pauseOf(field: string | null): number | null {
  if (field === null) return null;
  if (/^\d{1,9}$/.test(field)) return Number(field) * 1000;
  const date = Date.parse(field);
  return Number.isNaN(date) ? null : Math.max(0, date - Date.now());
}
