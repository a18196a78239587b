import { setTimeout as wait } from "node:timers/promises";
import { note, progress } from "./terminal.ts";

/** How often a call is repeated: others that wait too may be faster. */
const RETRIES = 30;
/** The longest time that it waits for that. */
const LONGEST_WAIT_MS = 90_000;
/** Shorter waits are shown only on a terminal. */
const LONG_MS = 5_000;

/** A `fetch` that waits as long as a rate-limiting server says (RFC 9110 §10.2.3), and tries again. */
export async function fetchAgain(request: Request): Promise<Response> {
  for (let tries = 0; ; tries++) {
    // A body can be sent only once.
    const answer = await fetch(request.clone());
    const pause = answer.status === 429 ? pauseOf(answer.headers.get("retry-after")) : null;
    if (pause === null || pause > LONGEST_WAIT_MS || tries === RETRIES) return answer;
    await answer.body?.cancel();
    resting ??= rest(pause);
    await resting;
  }
}

/** Simultaneous calls share one wait. */
let resting: Promise<void> | null = null;

async function rest(pause: number): Promise<void> {
  const said = `The API accepts no more calls for now: trying again in ${Math.ceil(pause / 1000)} s.`;
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
