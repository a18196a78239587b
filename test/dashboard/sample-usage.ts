import type { components } from "../../dist/api-types/rescdn.d.ts";

type Usage = components["schemas"]["Usage"];

const HOUR_MS = 3_600_000;

/** A usage as a busy zone would have it: for pictures alone, since a zone of a minute ago has one full hour. */
export function sampleUsage(real: Usage): Usage {
  const series = (real.series ?? []).map((row) => {
    const time = Date.parse(row.start);
    const figures = figuresAt(time);
    return { ...row, ...figures, status_classes: classesAt(time, figures.requests) };
  });
  const whole = sum(series.length > 0 ? series : Array.from({ length: 24 }, (_, hour) => figuresAt(hour * HOUR_MS)));
  const share = (part: number) => ({
    requests: Math.round(whole.requests * part),
    bandwidth_bytes: Math.round(whole.bandwidth_bytes * part),
    cache_hit_rate: whole.cache_hit_rate,
  });
  return {
    ...real,
    ...whole,
    series,
    by_cache_status: [
      { cache_status: "HIT", ...share(0.947) },
      { cache_status: "MISS", ...share(0.031) },
      { cache_status: "REVALIDATED", ...share(0.014) },
      { cache_status: "STALE", ...share(0.008) },
    ],
    by_status_class: [
      { status_class: "2xx", ...share(0.914) },
      { status_class: "3xx", ...share(0.068) },
      { status_class: "4xx", ...share(0.016) },
      { status_class: "5xx", ...share(0.002) },
    ],
    by_pop: [
      ["FRA", 0.41],
      ["AMS", 0.22],
      ["IAD", 0.17],
      ["SIN", 0.12],
      ["GRU", 0.08],
    ].map(([pop, part]) => ({ ...whole, pop: String(pop), ...share(Number(part)) })),
  };
}

/** Busy by day, quiet by night, and never the same. */
function figuresAt(time: number) {
  const hour = (time / HOUR_MS) % 24;
  const noise = ((time / HOUR_MS) * 7_919) % 13;
  const requests = Math.round(42_000 + 30_000 * Math.sin(((hour - 9) / 24) * 2 * Math.PI) + noise * 900);
  const origin = Math.round(requests * (0.045 + noise / 900));
  return {
    requests,
    bandwidth_bytes: requests * 18_400,
    cache_hit_rate: Math.floor((1 - origin / requests) * 10_000) / 10_000,
    cached_bytes: (requests - origin) * 18_400,
    uncached_bytes: origin * 18_400,
    byte_hit_rate: Math.floor((1 - (origin / requests) * 0.8) * 10_000) / 10_000,
    origin_requests: origin,
    origin_bytes: origin * 17_100,
    origin_first_byte_ms: { p50: Math.round(38 + noise), p95: Math.round(140 + noise * 6) },
  };
}

/** Nearly all of it is well; not found is what bots ask for, and something fails now and then. */
function classesAt(time: number, requests: number) {
  const noise = ((time / HOUR_MS) * 6_133) % 11;
  const [moved, missing, failed] = [0.068, 0.012 + noise / 900, noise > 8 ? 0.004 : 0.001].map((part) =>
    Math.round(requests * part),
  ) as [number, number, number];
  return { "2xx": requests - moved - missing - failed, "3xx": moved, "4xx": missing, "5xx": failed };
}

type Figures = ReturnType<typeof figuresAt>;

function sum(rows: readonly Figures[]): Figures {
  const of = (
    name: "requests" | "bandwidth_bytes" | "cached_bytes" | "uncached_bytes" | "origin_requests" | "origin_bytes",
  ) => rows.reduce((all, row) => all + row[name], 0);
  const requests = of("requests");
  return {
    requests,
    bandwidth_bytes: of("bandwidth_bytes"),
    cached_bytes: of("cached_bytes"),
    uncached_bytes: of("uncached_bytes"),
    cache_hit_rate: Math.floor((1 - of("origin_requests") / requests) * 10_000) / 10_000,
    byte_hit_rate: Math.floor((of("cached_bytes") / of("bandwidth_bytes")) * 10_000) / 10_000,
    origin_requests: of("origin_requests"),
    origin_bytes: of("origin_bytes"),
    origin_first_byte_ms: { p50: 41, p95: 176 },
  };
}
