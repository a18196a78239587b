import { dropBody } from "../body/drop-body.ts";
import { APART } from "./own-cache.ts";
import type { Places } from "./places.ts";

/** The codings in which bodies are stored. */
const CODINGS = ["br", "gzip"] as const;
type Coding = (typeof CODINGS)[number];

/** Bodies that are stored apart from their responses, and codings that were made of bodies. */
export interface BodyStore {
  /**
   * Writes a body as it comes. A body that breaks off may look whole to a cache, so nobody finds it before a response that
   * names it is written.
   */
  writeBody(key: string, bodyId: string, body: ReadableStream): Promise<void>;
  /** Removes a body that is stored apart, and the codings that were made of it. */
  removeBody(key: string, bodyId: string): Promise<void>;
  /** A stored body in a content coding, with its length in bytes; null when it was never made. */
  readCoded(key: string, bodyId: string, coding: Coding): Promise<{ body: ReadableStream; size: number | null } | null>;
  /** A stream that breaks off may look whole to a Cache API, so it is found only once all of it is written. */
  writeCoded(key: string, bodyId: string, coding: Coding, body: Blob | ReadableStream): Promise<void>;
}

/** The bodies in a cache. */
export function bodiesIn(places: Places): BodyStore {
  return {
    writeBody: (key, bodyId, body) => places.write(bodyPlace(bodyId), key, { entry: null, body }),

    async removeBody(key, bodyId) {
      const coded = CODINGS.flatMap((coding) => [codedPlace(coding, bodyId), apartPlace(coding, bodyId)]);
      await Promise.all([bodyPlace(bodyId), ...coded].map((place) => places.remove(place, key)));
    },

    async readCoded(key, bodyId, coding) {
      const coded = await places.read(codedPlace(coding, bodyId), key);
      if (coded?.entry !== APART) return coded;
      await dropBody(coded.body);
      return places.read(apartPlace(coding, bodyId), key);
    },

    async writeCoded(key, bodyId, coding, body) {
      const place = codedPlace(coding, bodyId);
      if (body instanceof Blob) return places.write(place, key, { entry: null, body });
      await places.write(apartPlace(coding, bodyId), key, { entry: null, body });
      await places.write(place, key, { entry: APART, body: null });
    },
  };
}

/** The place of a body that is stored apart from its response. */
export function bodyPlace(bodyId: string): string {
  return `body/${bodyId}`;
}

function codedPlace(coding: Coding, bodyId: string): string {
  return `coded/${coding}/${bodyId}`;
}

function apartPlace(coding: Coding, bodyId: string): string {
  return `coded/${coding}-apart/${bodyId}`;
}
