import type { Schemas } from "../api/client.ts";

/** A zone as it was read, with what shows whether it has changed since. */
export interface ZoneRead {
  zone: Schemas["Zone"];
  etag: string;
}
