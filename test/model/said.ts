import type { Random } from "./random.ts";

/** What origins say of storing and freshness, sound and unsound. */
const CACHE_CONTROL = [
  "max-age=0",
  "max-age=1",
  "max-age=5",
  "max-age=10",
  "max-age=30",
  "max-age=60",
  "max-age=300",
  "public, max-age=20",
  "s-maxage=8, max-age=100",
  "s-maxage=20",
  "max-age=10, must-revalidate",
  "max-age=10, proxy-revalidate",
  "max-age=5, stale-while-revalidate=30",
  "max-age=5, stale-while-revalidate=10, stale-if-error=40",
  "s-maxage=5, stale-while-revalidate=15",
  "max-age=5, stale-if-error=20",
  "max-age=5, stale-while-revalidate=60, must-revalidate",
  "no-cache",
  "no-store",
  "private",
  "private, max-age=60",
  "no-store, max-age=60",
  'private="x-private", max-age=30',
  'no-cache="x-private", max-age=30',
  "no-store, must-understand, max-age=30",
  "max-age=40, max-age=4",
  'max-age="30"',
  "MAX-AGE=30",
  "max-age=-1",
  "max-age=1.5",
  'x="a, max-age=500", max-age=5',
  "max-age=99999999999",
  "public",
  "no-transform, max-age=20",
] as const;

const CDN_CACHE_CONTROL = [
  "max-age=30",
  "max-age=3",
  "max-age=0",
  "no-store",
  "private",
  "max-age=10, stale-while-revalidate=30",
  "max-age=10, must-revalidate",
  "no-cache",
  "max-age=60, max-age=5",
  "",
  "max-age=60, &&",
  "public",
] as const;

const SURROGATE_CONTROL = ["max-age=40", "no-store", "max-age=40;other", "max-age=25;rescdn"] as const;

/** Fields that clients must not see, and what may stand in them. */
const FOR_THE_CDN_ONLY: Readonly<Record<string, string>> = {
  connection: "x-hop, close",
  "keep-alive": "timeout=5",
  "proxy-authenticate": "Basic",
  "proxy-connection": "keep-alive",
  te: "trailers",
  trailer: "x-t",
  upgrade: "h2c",
  "cache-tag": "red, blue",
  "surrogate-key": "green blue",
};

export const HIDDEN = [...Object.keys(FOR_THE_CDN_ONLY), "x-hop"];

export const TAGS = ["red", "blue", "green"] as const;

/** Random fields about freshness, age, variance and the rest. `complete`: of a 200; a 304 may leave any of them out. */
export function saidOf(random: Random, answeredAt: number, complete: boolean): Headers {
  const headers = new Headers();
  const set = (name: string, value: string | null) => value !== null && headers.set(name, value);
  const at = (seconds: number) => new Date(answeredAt + seconds * 1000).toUTCString();
  set("cache-control", random.maybe(complete ? 0.8 : 0.6, CACHE_CONTROL));
  set("cdn-cache-control", random.maybe(0.12, CDN_CACHE_CONTROL));
  set("surrogate-control", random.maybe(0.06, SURROGATE_CONTROL));
  set("expires", random.maybe(0.15, [at(30), at(5), at(-10), at(3600), "0", "soon"]));
  set("age", random.maybe(0.15, ["3", "8", "40", "x", "12, 5"]));
  set("date", random.maybe(0.85, [at(0), at(0), at(0), at(0), at(-7), at(-90), at(50), "yesterday"]));
  set("set-cookie", random.maybe(0.1, ["session=1; Path=/"]));
  set("x-private", random.maybe(0.5, ["secret"]));
  for (const [name, value] of Object.entries(FOR_THE_CDN_ONLY)) set(name, random.maybe(0.08, [value]));
  if (headers.has("connection")) headers.set("x-hop", "1");
  return headers;
}
