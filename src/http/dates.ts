const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

// RFC 9110 §5.6.7 makes these case-sensitive; RFC 9111 §4.2: a cache "SHOULD match the field value case-insensitively".
const IMF_FIXDATE = /^(?:mon|tue|wed|thu|fri|sat|sun), (\d\d) ([a-z]{3}) (\d{4}) (\d\d):(\d\d):(\d\d) gmt$/i;
const RFC850 = /^(?:mon|tues|wednes|thurs|fri|satur|sun)day, (\d\d)-([a-z]{3})-(\d\d) (\d\d):(\d\d):(\d\d) gmt$/i;
const ASCTIME = /^(?:mon|tue|wed|thu|fri|sat|sun) ([a-z]{3}) ([ \d]\d) (\d\d):(\d\d):(\d\d) (\d{4})$/i;

const LONGEST = "Wednesday, 06-Nov-94 08:49:37 GMT".length;

/** Two-digit years are so rare that a fixed time will do if the caller has none. */
const REFERENCE = Date.UTC(2026, 0);

/**
 * Reads an HTTP date in any of its three forms (RFC 9110 §5.6.7), in ms since the epoch; null if it is not one. Strict about
 * form, ranges and zone (GMT only), lenient about case and about a weekday that does not fit the date.
 *
 * @param now ms since the epoch, which decides the century of a two-digit year
 */
export function parseHttpDate(value: string | null, now: number = REFERENCE): number | null {
  if (value === null || value.length > LONGEST) return null;
  if (value === lastRead.value) return lastRead.time;
  let match = IMF_FIXDATE.exec(value);
  if (match !== null) {
    lastRead = { value, time: timeOf(match[3], match[2], match[1], match[4], match[5], match[6]) };
    return lastRead.time;
  }
  match = ASCTIME.exec(value);
  if (match !== null) return timeOf(match[6], match[1], match[2], match[3], match[4], match[5]);
  match = RFC850.exec(value);
  if (match === null) return null;
  return timeOf(fullYear(Number(match[3]), now), match[2], match[1], match[4], match[5], match[6]);
}

/** A response's `Date` is asked for several times, and an origin's responses of one second have the same. */
let lastRead: { value: string; time: number | null } = { value: "", time: null };

/** Writes a time (ms since the epoch, years 0 to 9999) as an IMF-fixdate (RFC 9110 §5.6.7). */
export function formatHttpDate(ms: number): string {
  return new Date(ms).toUTCString();
}

/** RFC 9110 §5.6.7: a date "more than 50 years in the future" is "the most recent year in the past" with those digits. */
function fullYear(digits: number, now: number): number {
  const current = new Date(now).getUTCFullYear();
  const year = current - (current % 100) + digits;
  if (year > current + 50) return year - 100;
  return year <= current - 50 ? year + 100 : year;
}

type Part = string | number | undefined;

function timeOf(year: Part, month: Part, day: Part, hour: Part, minute: Part, second: Part): number | null {
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return null;
  const monthIndex = MONTHS.indexOf(String(month).toLowerCase());
  if (monthIndex === -1) return null;
  const midnight = new Date(Date.UTC(Number(year), monthIndex, Number(day)));
  // `Date.UTC` carries an overlong day into the next month and puts years below 100 in the twentieth century.
  if (midnight.getUTCDate() !== Number(day) || midnight.getUTCFullYear() !== Number(year)) return null;
  return midnight.getTime() + ((Number(hour) * 60 + Number(minute)) * 60 + Number(second)) * 1000;
}
