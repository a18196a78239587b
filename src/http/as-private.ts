import { listMembers } from "./field-syntax.ts";

/** What lets caches share an answer, and what is said to them alone (RFC 9111 §5.2.2). */
const TO_SHARED_CACHES = new Set(["public", "s-maxage", "proxy-revalidate", "private"]);

/** A `Cache-Control` that keeps an answer to its client's own cache, for as long as it said. @param said null: nothing */
export function asPrivate(said: string | null): string {
  const members = said === null ? [] : listMembers(said);
  const kept = members.filter((member) => !TO_SHARED_CACHES.has(member.split("=", 1)[0]!.trim().toLowerCase()));
  return ["private", ...kept].join(", ");
}
