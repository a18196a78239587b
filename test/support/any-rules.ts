/** Pseudo-random whole numbers below a bound, reproducible from a seed (a linear congruential generator). */
export function chance(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const NONSENSE = [
  null,
  true,
  -1,
  0,
  1e308,
  "",
  "*",
  "\u0000",
  "a\r\nb: c",
  "__proto__",
  "//evil.example",
  "/../",
  "$1",
  {},
  [],
  [null],
  { a: 1 },
];
const PATHS = ["/a/*", "*.js", "/x*y*z", "/", "/%C3%A9*", "**", "*a*b*", "/a/b.js"];
const TESTS = [true, false, "*", "1*", "b", ["a", "*b*"], { equals: "*" }];
const TARGETS = ["/new", "/new/$1", "https://b.example/x?y=$1#z", "/a?b", "$1", "/$2$1"];

/**
 * Documents of rules whose parts mostly make sense, so that many are accepted, and some are not.
 *
 * @param next as {@link chance} returns it
 */
export function anyRules(next: (below: number) => number): unknown {
  const one = <Value>(values: readonly Value[]) => values[next(values.length)]!;
  const orNonsense = (value: () => unknown) => (next(60) === 0 ? one(NONSENSE) : value());
  const some = (values: readonly unknown[]) =>
    orNonsense(() => (next(3) === 0 ? [one(values), one(values)] : one(values)));
  const named = (names: readonly string[], value: () => unknown) =>
    Object.fromEntries(Array.from({ length: next(2) + 1 }, () => [one(names), orNonsense(value)]));

  const when = (depth: number): unknown => {
    const parts: Record<string, () => unknown> = {
      path: () => some(PATHS),
      extension: () => some(["js", "css"]),
      query: () => named(["x", "a", "é", ""], () => one(TESTS)),
      header: () => named(["x-a", "User-Agent", "cookie", "x-b"], () => one(TESTS)),
      country: () => some(["DE", "fr", "T1"]),
      method: () => some(["GET", "POST"]),
      scheme: () => one(["http", "https"]),
      host: () => some(["*", "*.example", "zone.example"]),
      ...(depth < 4 && { [one(["all", "any", "none"])]: () => [when(depth + 1), when(depth + 1)].slice(next(2)) }),
    };
    return chosen(parts, 3);
  };
  const chosen = (parts: Record<string, () => unknown>, most: number): unknown => {
    const names = Array.from({ length: next(most) + 1 }, () => one(Object.keys(parts)));
    return orNonsense(() => Object.fromEntries(names.map((name) => [name, orNonsense(parts[name]!)])));
  };
  const actions = () =>
    chosen(
      {
        redirect: () => ({
          to: orNonsense(() => one(TARGETS)),
          ...(next(2) === 0 && { status: one([301, 307]), query: "drop" }),
        }),
        deny: () => one([{}, { status: 404 }, { text: "no" }]),
        edge_ttl: () => one([0, 60]),
        browser_ttl: () => one([0, 60]),
        cache: () => "bypass",
        query: () => one(["keep", "ignore", "sort", ["x"], { except: ["a*"] }]),
        request_headers: () => named(["x-a", "cookie", "x-tier"], () => one(["1", null])),
        response_headers: () => named(["x-a", "server", "link"], () => one(["1", null])),
        origin: () => one(["https://c.example", "https://d.example"]),
        signature: () => one(["required", "none"]),
        download: () => one([true, "a é.pdf"]),
      },
      2,
    );
  const rule = () =>
    orNonsense(() => ({
      ...(next(2) === 0 && { name: "a rule" }),
      ...(next(9) === 0 && { enabled: false }),
      when: when(0),
      do: actions(),
    }));
  return orNonsense(() => Array.from({ length: next(4) }, rule));
}
