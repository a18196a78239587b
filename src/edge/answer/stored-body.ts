import { dropBody } from "../body/drop-body.ts";
import type { KnownEntry } from "../cache/known-entries.ts";
import type { Store } from "../cache/store.ts";
import type { Replay } from "./replay.ts";

/** The body of an answer that was made ready. */
export interface StoredBody {
  /** Null: there is none. */
  body: ReadableStream | null;
}

/** Reads the body of an answer that was made ready from the store; null if the store has something else by now. */
export async function storedBody(
  store: Store,
  key: string,
  known: KnownEntry,
  { size, coding }: Replay,
): Promise<StoredBody | null> {
  const body = await store.readAgain(key, known);
  if (body === null) return null;
  if (size > 0 && coding === null) return { body };
  await dropBody(body);
  if (size === 0 || coding === null) return { body: null };
  const coded = await store.readCoded(key, known.stored.bodyId, coding);
  // A coding that was made anew may have another length than the fields say.
  if (coded?.size === size) return { body: coded.body };
  await dropBody(coded?.body);
  return null;
}
