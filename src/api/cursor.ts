import type { Position } from "../db/position.ts";

/** An opaque text for where the next page begins. */
export function encodeCursor({ createdAt, id }: Position): string {
  return btoa(`${createdAt} ${id}`).replaceAll("=", "");
}

/** Null: it is not a cursor of ours, or is for another list. */
export function decodeCursor(
  cursor: string,
  kind: "acct" | "audit" | "host" | "key" | "purge" | "take" | "zone",
): Position | null {
  try {
    const [, createdAt, id] = /^(\d{1,15}) ([a-z]+_\w+)$/.exec(atob(cursor)) ?? [];
    return createdAt === undefined || !id?.startsWith(`${kind}_`) ? null : { createdAt: Number(createdAt), id };
  } catch {
    return null; // atob refuses what is not base64
  }
}
