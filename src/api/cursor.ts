import type { ZonePosition } from "../zones/rows.ts";

/** An opaque text for where the next page begins. */
export function encodeCursor({ createdAt, id }: ZonePosition): string {
  return btoa(`${createdAt} ${id}`).replaceAll("=", "");
}

/** Null: not a cursor of ours. */
export function decodeCursor(cursor: string): ZonePosition | null {
  try {
    const [, createdAt, id] = /^(\d{1,15}) (zone_\w+)$/.exec(atob(cursor)) ?? [];
    return createdAt === undefined || id === undefined ? null : { createdAt: Number(createdAt), id };
  } catch {
    return null; // atob refuses what is not base64
  }
}
