import type { ZoneRow } from "./rows.ts";
import { completeSettings } from "./settings.ts";

/** Whether a zone looks the same as before. Setting what is the default anyway is not a change. */
export function isSameZone(before: ZoneRow, after: ZoneRow): boolean {
  return shown(before) === shown(after);
}

/** The order of names makes no difference. */
function shown({ origin, state, settings }: ZoneRow): string {
  return JSON.stringify([origin, state, completeSettings(settings)], (_, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
