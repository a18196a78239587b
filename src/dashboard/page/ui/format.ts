// Numbers, sizes and times in the browser's format.

const whole = new Intl.NumberFormat();
const short = new Intl.NumberFormat(undefined, { notation: "compact", maximumFractionDigits: 1 });
const percent = new Intl.NumberFormat(undefined, { style: "percent", maximumFractionDigits: 1 });
const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte", "petabyte"] as const;

export const count = (value: number) => whole.format(value);
/** Such as 1.2M, for small spaces; the exact number should be nearby. */
export const shortCount = (value: number) => short.format(value);
/** Rounded down: 100 % means all, not nearly all. */
export const ratio = (value: number) => percent.format(Math.floor(value * 1000) / 1000);

/** Bytes, in powers of 1000. */
export function bytes(value: number): string {
  const power = value < 1000 ? 0 : Math.min(Math.floor(Math.log10(value) / 3), UNITS.length - 1);
  return new Intl.NumberFormat(undefined, {
    style: "unit",
    unit: UNITS[power],
    unitDisplay: power === 0 ? "long" : "short",
    maximumFractionDigits: power === 0 ? 0 : 1,
  } as Intl.NumberFormatOptions).format(value / 1000 ** power);
}

export const milliseconds = (value: number) => `${count(Math.round(value))} ms`;

const dateTime = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const date = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeZone: "UTC" });

/** A time in the reader's zone. */
export const time = (iso: string) => dateTime.format(new Date(iso));
/** A day in UTC, as usage is counted. */
export const day = (iso: string) => date.format(new Date(iso));
export const utc = (iso: string) => `${iso.replace("T", " ").replace(/(\.\d+)?Z$/, "")} UTC`;

const STEPS = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
] as const;
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });

/** How long ago something was, or how far ahead it is. @param now ms since the epoch */
export function ago(iso: string, now = Date.now()): string {
  const seconds = (Date.parse(iso) - now) / 1000;
  for (const [unit, size] of STEPS)
    if (Math.abs(seconds) >= size) return relative.format(Math.trunc(seconds / size), unit);
  return relative.format(Math.trunc(seconds), "second");
}

/** A duration: "2 days", "5 minutes". @param seconds whole */
export function span(seconds: number): string {
  const [unit, size] = STEPS.find(([, size]) => seconds >= size) ?? (["second", 1] as const);
  return new Intl.NumberFormat(undefined, {
    style: "unit",
    unit,
    unitDisplay: "long",
    maximumFractionDigits: 1,
  }).format(Math.floor((seconds / size) * 10) / 10);
}
