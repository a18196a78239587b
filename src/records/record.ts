import type { RecordKey } from "./record-key.ts";

/** A record as D1 holds it. Times in ms since the epoch, `ttl` in seconds, `data` standard Base64 with padding. */
export interface RecordRow extends RecordKey {
  id: string;
  account: string;
  data: string;
  ttl: number;
  revision: number;
  createdAt: number;
  updatedAt: number;
}
