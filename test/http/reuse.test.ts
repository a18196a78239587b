import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseCacheControl } from "../../src/http/cache-control.ts";
import { currentAge, decideReuse, type Reuse, type StalePolicy } from "../../src/http/reuse.ts";

const answeredAt = Date.UTC(2030, 0, 1, 12);
const zone: StalePolicy = { staleWhileRevalidate: 0, staleIfError: 86_400 };
const lenient: StalePolicy = { staleWhileRevalidate: 60, staleIfError: 600 };

interface Case {
  response?: string;
  policy?: StalePolicy;
  /** Seconds since the response arrived with an age of 0. */
  after: number;
  /** Seconds since the response arrived. */
  purgedAfter?: number;
}

/** Decides on a response with a lifetime of 100 s. */
function decide({ response = "max-age=100", policy = zone, after, purgedAfter }: Case): Reuse {
  return decideReuse(
    { lifetime: 100, initialAge: 0, answeredAt, cacheControl: parseCacheControl(response) },
    policy,
    answeredAt + after * 1000,
    purgedAfter === undefined ? null : answeredAt + purgedAfter * 1000,
  );
}

const words = (reuse: Reuse) =>
  reuse.kind !== "validate" ? reuse.kind : `validate: ${reuse.reason}${reuse.staleIfError ? ", stale if error" : ""}`;

describe("currentAge()", () => {
  it.each([
    [0, 0, 0],
    [0, 999, 0],
    [0, 1000, 1],
    [30.4, 500, 30],
    [30.5, 500, 31],
    [30, -5000, 30],
  ])("of an initial age of %d s after %i ms is %i s", (initialAge, elapsed, age) => {
    expect(currentAge({ initialAge, answeredAt }, answeredAt + elapsed)).toBe(age);
  });
});

describe("decideReuse() of a lifetime of 100 s", () => {
  it.each<[string, Case, string]>([
    ["at once", { after: 0 }, "fresh"],
    ["by a clock that is ten seconds behind", { after: -10 }, "fresh"],
    ["by a clock that was set back since", { after: -3_600 }, "validate: stale, stale if error"],
    ["just before its end", { after: 99.9 }, "fresh"],
    ["at its end", { after: 100 }, "validate: stale, stale if error"],
    ["after the zone's window for errors", { after: 100 + 86_400 }, "validate: stale"],
    ["in the zone's window", { after: 159, policy: lenient }, "stale-while-revalidate"],
    ["after the zone's window", { after: 160, policy: lenient }, "validate: stale, stale if error"],
    ["in its own window", { after: 104, response: "stale-while-revalidate=5" }, "stale-while-revalidate"],
    ["after its own window", { after: 105, response: "stale-while-revalidate=5" }, "validate: stale, stale if error"],
    [
      "after its own window, shorter than the zone's",
      { after: 105, response: "stale-while-revalidate=5", policy: lenient },
      "validate: stale, stale if error",
    ],
    ["in its own window for errors", { after: 109, response: "stale-if-error=10" }, "validate: stale, stale if error"],
    ["after its own window for errors", { after: 110, response: "stale-if-error=10" }, "validate: stale"],
    ["with stale serving refused", { after: 100, response: "stale-if-error=0" }, "validate: stale"],
  ])("%s", (_, given, expected) => {
    expect(words(decide(given))).toBe(expected);
  });

  it.each(["must-revalidate", "proxy-revalidate"])("never serves it stale under %s", (directive) => {
    const response = `${directive}, stale-while-revalidate=60, stale-if-error=60`;
    expect(words(decide({ response, after: 99 }))).toBe("fresh");
    expect(words(decide({ response, after: 101, policy: lenient }))).toBe("validate: stale");
  });

  it("serves it stale under s-maxage only by a window of its own", () => {
    expect(words(decide({ response: "s-maxage=100", after: 101, policy: lenient }))).toBe("validate: stale");
    const own = "s-maxage=100, stale-while-revalidate=5, stale-if-error=10";
    expect(words(decide({ response: own, after: 101 }))).toBe("stale-while-revalidate");
    expect(words(decide({ response: own, after: 106 }))).toBe("validate: stale, stale if error");
  });

  it("validates it always under no-cache, and never serves it on error", () => {
    expect(words(decide({ response: "no-cache, stale-if-error=60", after: 0 }))).toBe("validate: no-cache");
    expect(words(decide({ response: "no-cache", after: 200, policy: lenient }))).toBe("validate: no-cache");
  });

  it("uses it where no-cache is limited to fields", () => {
    expect(words(decide({ response: 'no-cache="a"', after: 0 }))).toBe("fresh");
  });
});

describe("decideReuse() after a soft purge", () => {
  it.each<[string, Case, string, number]>([
    ["validates", { after: 10, purgedAfter: 10 }, "validate: purged, stale if error", 0],
    ["counts staleness from the purge", { after: 30, purgedAfter: 10 }, "validate: purged, stale if error", -20],
    ["opens the window at the purge", { after: 69, purgedAfter: 10, policy: lenient }, "stale-while-revalidate", -59],
    ["closes it in time", { after: 70, purgedAfter: 10, policy: lenient }, "validate: purged, stale if error", -60],
    [
      "counts from the end of the lifetime if that is earlier",
      { after: 130, purgedAfter: 120 },
      "validate: purged, stale if error",
      -30,
    ],
    ["respects must-revalidate", { response: "must-revalidate", after: 10, purgedAfter: 10 }, "validate: purged", 0],
    [
      "counts a purge from a fast clock as just made",
      { after: 10, purgedAfter: 40 },
      "validate: purged, stale if error",
      0,
    ],
  ])("%s", (_, given, expected, ttl) => {
    const reuse = decide(given);
    expect([words(reuse), reuse.ttl]).toEqual([expected, ttl]);
  });
});

describe("decideReuse()", () => {
  it("reports age and remaining lifetime", () => {
    expect(decide({ after: 30.7 })).toEqual({ kind: "fresh", age: 30, ttl: 70 });
    expect(decide({ after: 130, policy: lenient })).toEqual({ kind: "stale-while-revalidate", age: 130, ttl: -30 });
  });

  it("never calls fresh what is older than its lifetime, nor serves stale what must be revalidated", () => {
    const directive = fc.constantFrom(
      "must-revalidate",
      "proxy-revalidate",
      "s-maxage=5",
      "stale-if-error=9",
      "public",
    );
    fc.assert(
      fc.property(directive, fc.nat(300), (response, after) => {
        const reuse = decide({ response, after, policy: lenient });
        if (reuse.kind === "fresh") expect(after).toBeLessThan(100);
        if (reuse.kind === "stale-while-revalidate") expect(response).not.toMatch(/revalidate$|s-maxage/);
      }),
    );
  });
});
