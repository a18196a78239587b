import fc from "fast-check";
import type { ForwardSettings, ZoneSettings } from "../../src/zones/settings.ts";
import { ADDRESSES, ORDINARY, STEERING } from "./origin.ts";

/** A request of the hostile client. Each value that it makes up holds the word `taint`. */
export interface HostileRequest {
  method: string;
  /** Which of the play's paths, and how it is spelled. */
  at: number;
  spelling: Spelling;
  query: string;
  fields: readonly (readonly [name: string, value: string])[];
  body: string;
  /** What becomes of the client: it reads all, leaves at once, leaves once it has the head, or never reads the body. */
  manner: "reads" | "leaves" | "leaves early" | "stalls";
  /** Whether the next step of the play comes once it is answered. */
  waits: boolean;
}

const SPELLINGS = {
  plain: (path: string) => path,
  percent: (path: string) => path.replace(/[a-z]/, (letter) => `%${letter.charCodeAt(0).toString(16)}`),
  dots: (path: string) => `/x/..${path}`,
  encodedDots: (path: string) => `/taint/%2e%2E${path}`,
  slashes: (path: string) => `/${path}`,
  parameter: (path: string) => `${path};taint`,
  suffix: (path: string) => `${path}/taint.css`,
  control: (path: string) => `${path}%00taint`,
  line: (path: string) => `${path}%0d%0aX-View:taint`,
  upper: (path: string) => path.toUpperCase(),
} as const;
type Spelling = keyof typeof SPELLINGS;

/** A path as the hostile client spells it. */
export function spelled(path: string, spelling: Spelling): string {
  return SPELLINGS[spelling](path);
}

/** A word for the origin to fail by, and the taint. */
const taint = fc
  .tuple(
    fc.oneof(
      { weight: 4, arbitrary: fc.constant("") },
      { weight: 6, arbitrary: fc.constantFrom("hold", "drop", "deny", "fail", "turn", "cut") },
    ),
    fc.nat(999),
  )
  .map(([word, number]) => `${word}taint${number}`);

const VALUES: readonly ((taint: string) => string)[] = [
  (value) => value,
  (value) => `https://${value}.example`,
  (value) => `${value}.example:80`,
  (value) => `/${value}`,
  (value) => `a, ${value}`,
  (value) => `"${value}"`,
  (value) => `${value};q=0.5`,
  (value) => `${value}=1; b=2`,
  (value) => `for=${value};host=${value};proto=http`,
];
const value = fc.oneof(
  { weight: 8, arbitrary: fc.tuple(taint, fc.constantFrom(...VALUES)).map(([word, make]) => make(word)) },
  { weight: 1, arbitrary: taint.map((word) => word.padEnd(9_000, "a")) },
);

const CDN_LOOPS = [
  "rescdn",
  "RESCDN;v=1",
  "a, rescdn",
  "taint",
  'taint;x="a, rescdn"',
  Array.from({ length: 50 }, (_, at) => `taint${at}`).join(", "),
  "taint".padEnd(9_000, "a"),
  ",,,taint",
  '"taint',
];
const RANGES = [
  "bytes=0-0",
  "bytes=0-199",
  "bytes=100-",
  "bytes=0-",
  "bytes=-5",
  "bytes=5-2",
  "bytes=0-1,4-5",
  "bytes=taint",
  "taint=0-1",
  "bytes=1499-",
];
const TAGS = ['"c"', 'W/"c"', "*", '"taint"', '"c", "taint"', '"c-gzip"', '"c-br"', "taint"];
const DATES = ["Sun, 01 Nov 2026 10:00:00 GMT", "Sun, 22 Nov 2037 10:00:00 GMT", "taint"];
const DIRECTIVES = ["no-store", "no-cache", "max-age=0", "only-if-cached", "max-stale", "no-transform", "taint=1"];
const CODINGS = [
  "gzip",
  "br",
  "*",
  "identity;q=0",
  "gzip;q=0, br;q=0, identity;q=0, *;q=0",
  "taint",
  "zstd",
  "deflate, gzip;q=1.5",
  "",
];
const ORIGINS = [
  "https://taint.example",
  "https://other.example",
  "null",
  "https://plain.example.taint.example",
  "HTTPS://PLAIN.EXAMPLE",
];

type Field = readonly [name: string, value: string];
const named = (names: readonly string[], values: fc.Arbitrary<string>): fc.Arbitrary<Field> =>
  fc.tuple(fc.constantFrom(...names), values);
const oneOf = (name: string, values: readonly string[]): fc.Arbitrary<Field> =>
  named([name], fc.constantFrom(...values));

const anyField: fc.Arbitrary<Field> = fc.oneof(
  { weight: 10, arbitrary: named(STEERING, value) },
  { weight: 6, arbitrary: named(ORDINARY, value) },
  { weight: 5, arbitrary: named(["cookie", "authorization"], value) },
  { weight: 3, arbitrary: named(["x-forwarded-host", "x-tier", "accept-language", "origin", "via"], value) },
  {
    weight: 2,
    arbitrary: named(
      [
        "x-anything",
        "x-taint",
        "content-language",
        "content-encoding",
        "max-forwards",
        "te",
        "upgrade",
        "expect",
        "early-data",
        "warning",
        "trailer",
      ],
      value,
    ),
  },
  {
    weight: 1,
    arbitrary: oneOf("connection", [
      "close",
      "x-tier",
      "cookie, authorization",
      "cache-control, etag, taint",
      "x-forwarded-host",
    ]),
  },
  { weight: 2, arbitrary: oneOf("cdn-loop", CDN_LOOPS) },
  { weight: 3, arbitrary: named(["range"], fc.constantFrom(...RANGES)) },
  { weight: 1, arbitrary: named(["if-range"], fc.constantFrom(...TAGS, ...DATES)) },
  { weight: 2, arbitrary: named(["if-none-match", "if-match"], fc.constantFrom(...TAGS)) },
  { weight: 1, arbitrary: named(["if-modified-since", "if-unmodified-since"], fc.constantFrom(...DATES)) },
  { weight: 3, arbitrary: oneOf("cache-control", DIRECTIVES) },
  { weight: 1, arbitrary: oneOf("pragma", ["no-cache", "taint"]) },
  { weight: 2, arbitrary: oneOf("accept-encoding", CODINGS) },
  { weight: 2, arbitrary: oneOf("origin", ORIGINS) },
  { weight: 1, arbitrary: oneOf("access-control-request-method", ["PUT", "taint"]) },
);

/** What a zone's origin sees of a client beyond the cache key, and all else. */
function fieldFor({ headers, cookies, authorization, client_ip }: ForwardSettings): fc.Arbitrary<Field> {
  if (client_ip) return fc.oneof(anyField, oneOf("cf-connecting-ip", Object.keys(ADDRESSES)));
  const names = [
    ...(headers === "all" ? [...ORDINARY, "x-anything"] : headers),
    ...(cookies ? ["cookie"] : []),
    ...(authorization ? ["authorization"] : []),
  ];
  return names.length === 0 ? anyField : fc.oneof(anyField, named(names, value));
}

/** Many at once, none of which the origin fails by. */
const sheaf: fc.Arbitrary<Field[]> = fc
  .uniqueArray(fc.constantFrom(...STEERING), { minLength: 1, maxLength: 30 })
  .map((names) => names.map((name): Field => [name, "taint"]));

/** Of two paths: most happens at one of them. */
export const mostlyFirst = fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.constant(1) });

const query = fc.oneof(
  { weight: 10, arbitrary: fc.constantFrom("", "", "", "", "", "", "", "?v=1", "?b=2&a=1", "?v=1&utm=9") },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      "?",
      "?a=1&b=2",
      "?utm=taint",
      "?v=1&v=taint",
      "?%76=1",
      "?v=1%00taint",
      "?v=1&utm=holdtaint",
      "?utm=droptaint",
    ),
  },
  { weight: 1, arbitrary: taint.map((word) => `?v=${word}`) },
);

const method = (unsafe: number) =>
  fc.oneof(
    { weight: 12, arbitrary: fc.constant("GET") },
    { weight: 2, arbitrary: fc.constant("HEAD") },
    {
      weight: unsafe,
      arbitrary: fc.constantFrom("POST", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "PURGE", "PROPFIND", "QUERY"),
    },
  );

/** Requests of a client that does whatever HTTP lets it do. */
export const hostileRequest = ({
  methods,
  forward,
}: Pick<ZoneSettings, "methods" | "forward">): fc.Arbitrary<HostileRequest> =>
  fc.record({
    method: method(methods === "all" ? 10 : 1),
    at: mostlyFirst,
    spelling: fc.oneof(
      { weight: 12, arbitrary: fc.constant<Spelling>("plain") },
      { weight: 3, arbitrary: fc.constantFrom(...(Object.keys(SPELLINGS) as Spelling[])) },
    ),
    query,
    fields: fc.oneof(
      { weight: 4, arbitrary: fc.array(fieldFor(forward), { maxLength: 4 }) },
      { weight: 1, arbitrary: sheaf },
    ),
    body: fc.oneof(fc.constant(""), taint),
    manner: fc.oneof(
      { weight: 8, arbitrary: fc.constant<HostileRequest["manner"]>("reads") },
      { weight: 3, arbitrary: fc.constantFrom<HostileRequest["manner"]>("leaves", "leaves early", "stalls") },
    ),
    waits: fc.boolean(),
  });
