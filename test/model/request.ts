import type { ZoneSettings } from "../../src/zones/settings.ts";
import { MARKED } from "./forwarded.ts";
import type { Random } from "./random.ts";
import { seesField } from "./resource.ts";

const CACHE_CONTROL = [
  "no-cache",
  "no-store",
  "max-age=0",
  "max-age=5",
  "min-fresh=5",
  "max-stale",
  "max-stale=10",
  "max-stale=30",
  "only-if-cached",
  "only-if-cached, max-stale=20",
] as const;

const RANGES = [
  "bytes=0-9",
  "bytes=5-24",
  "bytes=-7",
  "bytes=50-",
  "bytes=1000-1400",
  "bytes=0-",
  "bytes=9000-",
  "bytes=0-1,3-4",
  "bytes=9-2",
] as const;

/** A client's request. */
export interface RandomRequest {
  method: string;
  headers: Headers;
  body: string | null;
  /** Whether the client leaves without reading the body. */
  leaves: boolean;
}

/** Languages, each in all ways that mean the same. */
const LANGUAGES = [
  ["de"],
  ["fr"],
  ["de, fr;q=0.5", "fr;q=0.5,de", "DE , fr;q=0.50"],
  ["de, fr", "de,FR"],
  ["fr, de"],
] as const;

/** Who asks: fields that all requests of one client have. Few clients, so that requests have something to share. */
export interface Client {
  fields: Readonly<Record<string, string>>;
  languages: readonly string[] | null;
}

export function randomClient(random: Random): Client {
  const fields = Object.entries({
    "x-tier": random.maybe(0.5, ["one", "one,", "two"]),
    "x-forwarded-host": random.maybe(0.3, ["one.example", "two.example"]),
    cookie: random.maybe(0.3, ["user=a", "user=b"]),
    authorization: random.maybe(0.15, ["Bearer a", "Bearer b"]),
    "cdn-loop": random.maybe(0.06, ["one", "two"]),
  }).filter((field): field is [string, string] => field[1] !== null);
  return { fields: Object.fromEntries(fields), languages: random.maybe(0.5, LANGUAGES) };
}

/**
 * Makes up a request of a client.
 *
 * @param mark a text of this request alone, for headers that the zone does not forward
 * @param seen validators that clients have been given for this path
 */
export function randomRequest(
  random: Random,
  client: Client,
  settings: ZoneSettings,
  mark: string,
  seen: readonly string[],
): RandomRequest {
  const isUnsafe = random.chance(settings.methods === "all" ? 0.1 : 0.01);
  const headers = new Headers(client.fields);
  const set = (name: string, value: string | null) => value !== null && headers.set(name, value);
  for (const name of MARKED) if (!seesField(name, settings)) set(name, random.maybe(0.15, [mark]));
  if (client.languages !== null) set("accept-language", random.pick(client.languages));
  set(
    "accept-encoding",
    random.maybe(0.4, ["gzip", "br", "gzip;q=0, br", "identity", "*;q=0.5", "br;q=0.4, gzip;q=0.9"]),
  );
  if (isUnsafe) {
    headers.set("content-type", "text/plain");
    return { method: random.pick(["POST", "PUT", "DELETE"]), headers, body: "new", leaves: false };
  }

  set("cache-control", random.maybe(0.14, CACHE_CONTROL));
  set("pragma", random.maybe(0.02, ["no-cache"]));
  const tags = [...seen.filter((value) => value.endsWith('"')), '"bogus"', '"bogus", *'.slice(0, 7)];
  const dates = [
    ...seen.filter((value) => value.endsWith("GMT")),
    new Date().toUTCString(),
    new Date(Date.now() - 7_200_000).toUTCString(),
  ];
  set("if-none-match", random.maybe(0.12, [...tags, `"other", ${tags[0]}`, "*"]));
  set("if-modified-since", random.maybe(0.06, dates));
  set("if-match", random.maybe(0.02, [...tags, "*"]));
  set("if-unmodified-since", random.maybe(0.02, dates));
  set("range", random.maybe(0.15, RANGES));
  if (headers.has("range")) set("if-range", random.maybe(0.4, [...tags, ...dates]));
  return { method: random.chance(0.08) ? "HEAD" : "GET", headers, body: null, leaves: random.chance(0.03) };
}
