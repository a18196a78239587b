import type { Inspector } from "../../why/report.ts";
import type { Edge } from "../edge.ts";

/** Lets the control plane ask an edge. Its code is loaded when it is first asked. @param location IATA code, or `LOCAL` */
export function inspectorOf(edge: Edge, location: string): Inspector {
  return {
    async why(question, call) {
      const { why } = await import("./why.ts");
      return why(question, edge, location, call);
    },
    async checkOrigin(question, { waitUntil }) {
      const { checkOrigin } = await import("./check-origin.ts");
      return checkOrigin(question, edge, waitUntil);
    },
    async originHealth(question, call) {
      const { originHealth } = await import("./origin-health.ts");
      return originHealth(question, edge, location, call);
    },
  };
}
