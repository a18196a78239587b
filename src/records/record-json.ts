import { isoSeconds } from "../db/iso-seconds.ts";
import type { RecordRow } from "./record.ts";

/** A record as the REST API and webhooks show it. */
export function recordJson(record: RecordRow) {
  const { id, key, data, namespace, resource, version, ttl } = record;
  return {
    id,
    key,
    data,
    namespace,
    resource,
    version,
    ttl,
    created_at: isoSeconds(record.createdAt),
    updated_at: isoSeconds(record.updatedAt),
  };
}
