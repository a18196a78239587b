import { BoundedMap } from "../../memo/bounded-map.ts";
import { hashQueryToken } from "../query-token.ts";
import type { Allowance } from "./name-limits.ts";

/** How long a token that opened nothing is not looked up again, ms. Tokens are random, so it will not become valid. */
const REFUSED_MS = 60_000;
const REMEMBERED = 1_000;

/**
 * Decides which query tokens open private namespaces. D1 is asked each time, so that a revoked token opens nothing from the
 * next query on. Whoever sends an unknown token is a stranger, who may have only a few looked up. Whoever sends one that has
 * already opened the namespace in this isolate is not a stranger.
 */
export class QueryTokens {
  readonly #opened = new BoundedMap<string, true>({ entries: REMEMBERED }, "the oldest");
  /** Until when, ms since the epoch. */
  readonly #refused = new BoundedMap<string, number>({ entries: REMEMBERED }, "the oldest");

  /** @param now ms since the epoch @throws {TooManyQuestions} */
  async opens(db: D1Database, token: string, namespace: string, now: number, allowance: Allowance): Promise<boolean> {
    const name = `${namespace} ${token}`;
    if (now < (this.#refused.get(name) ?? 0)) return false;
    const isKnown = this.#opened.has(name);
    if (isKnown) await allowance.takeQuestion();
    else await allowance.takeSearch();
    const found = await isToken(db, token, namespace, now);
    if (found) {
      if (!isKnown) allowance.giveBackSearch();
      this.#opened.set(name, true);
    } else {
      this.#opened.delete(name);
      this.#refused.set(name, now + REFUSED_MS);
    }
    return found;
  }
}

async function isToken(db: D1Database, token: string, namespace: string, now: number): Promise<boolean> {
  const found = await db
    .prepare(
      `SELECT 1 FROM query_tokens WHERE hash = ?1 AND namespace = ?2
       AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ?3)`,
    )
    .bind(await hashQueryToken(token), namespace, now)
    .first();
  return found !== null;
}
