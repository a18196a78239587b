import fc from "fast-check";
import CachePolicy from "http-cache-semantics";
import { describe, expect, it } from "vitest";
import { correctedInitialAge } from "../../src/http/age.ts";
import { parseCacheControl } from "../../src/http/cache-control.ts";
import { formatHttpDate } from "../../src/http/dates.ts";
import { freshnessLifetime } from "../../src/http/freshness.ts";
import { decideReuse } from "../../src/http/reuse.ts";
import { storable } from "../../src/http/storable.ts";

const now = Date.UTC(2030, 0, 1, 12);
const at = (seconds: number) => formatHttpDate(now + seconds * 1000);

const directive = fc.constantFrom(
  "no-store",
  "private",
  "public",
  "no-cache",
  "max-age=0",
  "max-age=60",
  "s-maxage=30",
  "must-revalidate",
  "stale-while-revalidate=45",
  "unknown=1",
);

const exchange = fc.record({
  status: fc.constantFrom(200, 203, 204, 301, 302, 307, 404, 410, 501),
  cacheControl: fc.uniqueArray(directive, { maxLength: 4, selector: (text) => text.split("=")[0] }),
  expires: fc.option(fc.constantFrom(at(90), at(-90), "0")),
  lastModified: fc.option(fc.constantFrom(at(-1000), at(-86_400))),
  etag: fc.option(fc.constant('"a"')),
  authorization: fc.boolean(),
  elapsed: fc.nat(200),
});

type Sample = typeof exchange extends fc.Arbitrary<infer T> ? T : never;

function responseHeaders({ cacheControl, expires, lastModified, etag }: Sample): Record<string, string> {
  return {
    date: at(0),
    ...(cacheControl.length > 0 ? { "cache-control": cacheControl.join(", ") } : {}),
    ...(expires === null ? {} : { expires }),
    ...(lastModified === null ? {} : { "last-modified": lastModified }),
    ...(etag === null ? {} : { etag }),
  };
}

function policyOf(sample: Sample): CachePolicy {
  class FrozenPolicy extends CachePolicy {
    override now(): number {
      return now;
    }
  }
  const request = { headers: sample.authorization ? { authorization: "x" } : {} };
  return new FrozenPolicy(request, { status: sample.status, headers: responseHeaders(sample) }, { shared: true });
}

function lifetimeOf(sample: Sample) {
  const headers = new Headers(responseHeaders(sample));
  return freshnessLifetime(
    { status: sample.status, headers },
    { mode: "respect", ttl: null, negativeTtl: 0, maxHeuristic: 86_400, maxErrorTtl: 10 },
    now,
  );
}

function isStored(sample: Sample): boolean {
  const { seconds: lifetime, source } = lifetimeOf(sample);
  const requestHeaders = new Headers(sample.authorization ? { authorization: "x" } : {});
  const { status } = sample;
  return storable({
    method: "GET",
    requestHeaders,
    status,
    headers: new Headers(responseHeaders(sample)),
    lifetime,
    source,
  }).store;
}

describe("http-cache-semantics", () => {
  it("would store whatever we store", () => {
    // Not the other way round: we leave out what could never be used without asking the origin in full.
    fc.assert(
      fc.property(exchange, (sample) => {
        if (isStored(sample)) expect(policyOf(sample).storable()).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  it("finds the same lifetime in what we store", () => {
    fc.assert(
      fc.property(exchange, (sample) => {
        const lifetime = lifetimeOf(sample);
        // The zone's negative TTL comes before the heuristic, and `no-cache` is decided at reuse.
        fc.pre(isStored(sample) && lifetime.source !== "negative" && !sample.cacheControl.includes("no-cache"));
        // It gives any status a heuristic lifetime; RFC 9111 §4.2.2 only some.
        fc.pre(![302, 307].includes(sample.status) || lifetime.source !== "none");
        expect(lifetime.seconds).toBe(Math.floor(policyOf(sample).maxAge()));
      }),
      { numRuns: 1_000 },
    );
  });

  it("uses the same responses before any validation", () => {
    fc.assert(
      fc.property(exchange, (sample) => {
        const lifetime = lifetimeOf(sample);
        fc.pre(isStored(sample) && lifetime.source !== "negative");
        fc.pre(![302, 307].includes(sample.status) || lifetime.source !== "none");
        // It validates under must-revalidate even what is fresh; RFC 9111 §5.2.2.2 asks for it "once ... stale".
        fc.pre(!sample.cacheControl.includes("must-revalidate"));
        const has = (text: string) => sample.cacheControl.some((directive) => directive === text);
        // It uses stale responses, fresh for 0 s, under no-cache; RFC 9111 §4.2.4 forbids that.
        fc.pre(!has("no-cache") || !has("stale-while-revalidate=45"));
        expect(reusedByUs(sample, lifetime.seconds)).toBe(reusedByOracle(sample));
      }),
      { numRuns: 1_000 },
    );
  });

  function reusedByUs(sample: Sample, lifetime: number): boolean {
    const headers = new Headers(responseHeaders(sample));
    const initialAge = correctedInitialAge({ headers, requestedAt: now, answeredAt: now });
    const cacheControl = parseCacheControl(headers.get("cache-control"));
    const stored = { lifetime, initialAge, answeredAt: now, cacheControl };
    const policy = { staleWhileRevalidate: 0, staleIfError: 0 };
    const later = now + sample.elapsed * 1000;
    return decideReuse(stored, policy, later).kind !== "validate";
  }

  function reusedByOracle(sample: Sample): boolean {
    const policy = policyOf(sample);
    policy.now = () => now + sample.elapsed * 1000;
    return policy.evaluateRequest({ headers: {} }).response !== undefined;
  }
});
