import { isoSeconds } from "../db/iso-seconds.ts";
import type { NamespaceRow } from "./namespace.ts";

/** A namespace as the REST API and webhooks show it. */
export function namespaceJson(namespace: Omit<NamespaceRow, "account" | "revision">) {
  const { name, visibility, records, createdAt, updatedAt } = namespace;
  return {
    name,
    visibility,
    records_count: records,
    created_at: isoSeconds(createdAt),
    updated_at: isoSeconds(updatedAt),
  };
}
