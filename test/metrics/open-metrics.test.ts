import { describe, expect, it } from "vitest";
import { type Family, writeMetrics } from "../../src/metrics/open-metrics.ts";

const FAMILIES: Family[] = [
  { name: "a", type: "counter", help: "Of all.", samples: [[{ word: 'x"\\\n' }, 2]] },
  { name: "b_bytes", type: "gauge", unit: "bytes", help: "Held.", samples: [[{}, 0.5]] },
  { name: "c", type: "gauge", help: "Nobody has it.", samples: [] },
  {
    name: "d",
    type: "histogram",
    help: "Times.",
    samples: [
      [{ le: "+Inf" }, 1, "_bucket"],
      [{}, 1, "_count"],
      [{}, 2, "_sum"],
    ],
  },
];

describe("writeMetrics()", () => {
  it("writes OpenMetrics: families by their names, units, escaped labels, and an end", () => {
    expect(writeMetrics(FAMILIES, "openmetrics")).toBe(`# HELP a Of all.
# TYPE a counter
a_total{word="x\\"\\\\\\n"} 2
# HELP b_bytes Held.
# TYPE b_bytes gauge
# UNIT b_bytes bytes
b_bytes 0.5
# HELP d Times.
# TYPE d histogram
d_bucket{le="+Inf"} 1
d_count 1
d_sum 2
# EOF
`);
  });

  it("writes the older form: families by their samples", () => {
    const text = writeMetrics(FAMILIES, "text");
    expect(text).toContain("# TYPE a_total counter\na_total{");
    expect(text).not.toMatch(/# UNIT|# EOF/);
  });
});
