import { misused } from "./failed.ts";

const UNITS = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 } as const;

/** A duration as people write it: `90` or `90s`, `15m`, `12h`, `30d`, `2w`. In seconds. */
export function secondsOf(text: string): number {
  const [, count, unit = "s"] = /^(\d{1,9})([smhdw])?$/.exec(text) ?? [];
  if (count === undefined)
    throw misused(`${JSON.stringify(text)} is not a length of time`, "write 90s, 15m, 12h, 30d or 2w");
  return Number(count) * UNITS[unit as keyof typeof UNITS];
}

/** When something ends: a time, a date, or a duration from now. Null: never. */
export function expiryOf(text: string, now: number): string | null {
  if (text === "never") return null;
  if (/^\d+[smhdw]?$/.test(text)) return seconds(now + secondsOf(text) * 1000);
  const time = Date.parse(text);
  if (Number.isNaN(time))
    throw misused(`${JSON.stringify(text)} is not a time`, "write 2030-01-31, 2030-01-31T12:00:00Z, 90d or never");
  return seconds(time);
}

function seconds(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, "Z");
}
