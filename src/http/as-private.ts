import { listMembers } from "./field-syntax.ts";

/** Directives that let caches share an answer, or that address shared caches only (RFC 9111 §5.2.2). */
const TO_SHARED_CACHES = new Set(["public", "s-maxage", "proxy-revalidate", "private"]);

/** A `Cache-Control` that keeps an answer in its client's own cache, for as long as it said. @param said null: nothing */
export function asPrivate(said: string | null): string {
  const members = said === null ? [] : listMembers(said);
  const kept = members.filter((member) => !TO_SHARED_CACHES.has(member.split("=", 1)[0]!.trim().toLowerCase()));
  return ["private", ...kept].join(", ");
}
