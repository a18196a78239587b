import { textHash } from "../text-hash.ts";
import { dayOf } from "../usage/hours.ts";

/** How many mails are sent per day (UTC). */
export const MAILS_PER_DAY = {
  /** To one address, whoever asks. */
  to: 30,
  /** To one address at the request of one client: so no single client can use up the mails of somebody else's address. */
  toAndFrom: 10,
  /** At the request of one client, or of one account. */
  from: 60,
} as const;

/**
 * Counts a mail before it is sent. Returns whether it may be; if not, it is not counted.
 *
 * @param to the address
 * @param from the client or the account that wants it sent
 * @param now ms since the epoch
 */
export async function countMail(db: D1Database, to: string, from: string, now: number): Promise<boolean> {
  const names = [
    [textHash(`to ${to}`), MAILS_PER_DAY.to],
    [textHash(`to ${to} from ${from}`), MAILS_PER_DAY.toAndFrom],
    [textHash(`from ${from}`), MAILS_PER_DAY.from],
  ];
  const { meta } = await db
    .prepare(
      `INSERT INTO mails_sent (name, day, sent)
       SELECT value ->> 0, ?2, 1 FROM json_each(?1) WHERE NOT EXISTS (
         SELECT 1 FROM json_each(?1) AS asked JOIN mails_sent ON name = asked.value ->> 0 AND day = ?2
         WHERE sent >= asked.value ->> 1)
       ON CONFLICT (name, day) DO UPDATE SET sent = sent + 1`,
    )
    .bind(JSON.stringify(names), dayOf(now))
    .run();
  return meta.changes > 0;
}
