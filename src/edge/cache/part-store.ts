import type { Places } from "./places.ts";
import type { StoredResponse } from "./stored-response.ts";
import { type Entries, isVaryRecord } from "./variants.ts";

/** The place of a part. */
export const PART = "part";

/** Parts of representations whose wholes are not stored: the last part of each resource. */
export interface PartStore {
  /** Its body is unread. */
  findPart(key: string): Promise<{ stored: StoredResponse; body: ReadableStream } | null>;
  writePart(key: string, stored: StoredResponse, body: Blob): Promise<void>;
  removePart(key: string): Promise<void>;
}

/** The parts in a cache. @param entries its JSON entries */
export function partsIn(places: Places, entries: Entries): PartStore {
  return {
    async findPart(key) {
      const part = await entries.read(PART, key);
      if (part === null || isVaryRecord(part.entry)) return null;
      return { stored: part.entry, body: part.body };
    },

    writePart: (key, stored, body) => entries.write(PART, key, stored, body),

    removePart: (key) => places.remove(PART, key),
  };
}
