import { type OpenAPIHono, z } from "@hono/zod-openapi";
import type { Env } from "../env.ts";
import { log } from "../log/log.ts";
import { configuredOf } from "../metrics/configured.ts";
import { families } from "../metrics/families.ts";
import { IDLE, isolateFigures, type ManyIsolates, type NamedFigures } from "../metrics/isolate-figures.ts";
import { CONTENT_TYPES, type Form, writeMetrics } from "../metrics/open-metrics.ts";
import type { ProcessFigures } from "../metrics/process-figures.ts";
import { databaseFigures } from "../metrics/read-database.ts";
import type { RestEnv } from "../rest/context.ts";
import { totals } from "../usage/totals.ts";
import { requireOperator } from "./guards.ts";
import { operatorRoute } from "./operator-route.ts";

const text = z.string().openapi("Metrics", {
  example: '# TYPE rescdn_requests counter\nrescdn_requests_total{cache="hit",status="2xx"} 41\n# EOF\n',
});

const metrics = operatorRoute({
  method: "get",
  path: "/metrics",
  operationId: "metrics",
  summary: "Figures for Prometheus (operator only)",
  description:
    "OpenMetrics 1.0, or the older text format if `Accept` names only `text/plain`. A server on one machine adds up all its " +
    "processes. On Cloudflare no isolate knows the others: there this has what the database knows, and `/v1/usage` the rest.",
  responses: {
    200: {
      description: "The figures",
      content: { "application/openmetrics-text": { schema: text }, "text/plain": { schema: text } },
    },
  },
});

/** Adds `/metrics` to the API. */
export function addMetrics(app: OpenAPIHono<RestEnv>): void {
  app.use("/metrics", requireOperator);
  app.openapi(metrics, async (c) => {
    const form = formFor(c.req.header("accept") ?? "");
    const isOwnMachine = c.env.PROCESSES !== undefined;
    const [database, isolates, processes] = await Promise.all([
      databaseFigures(c.env.DB, c.var.now),
      isOwnMachine ? isolatesOf(c.env) : null,
      processesOf(c.env),
    ]);
    const known = {
      version: c.env.VERSION?.id ?? null,
      now: Date.now(),
      configured: configuredOf(c.env),
      database,
      totals: isOwnMachine ? totals : null,
      isolates,
      processes,
    };
    return c.body(writeMetrics(families(known), form), 200, { "content-type": CONTENT_TYPES[form] });
  });
}

function formFor(accept: string): Form {
  return /\btext\/plain\b/.test(accept) && !/openmetrics|\*\/\*/.test(accept) ? "text" : "openmetrics";
}

/**
 * The figures of each process. If there is only one, they are this isolate's. If there are several, the edge processes are
 * asked for theirs, and this isolate, through which they ask origins, may have figures too.
 */
async function isolatesOf({ EDGE_FIGURES }: Env): Promise<NamedFigures[]> {
  const own = isolateFigures();
  if (EDGE_FIGURES === undefined) return [{ process: "server", figures: own ?? IDLE }];
  const edges = await (EDGE_FIGURES as unknown as ManyIsolates).isolates();
  const named = edges.map((figures, index) => ({ process: `edge-${index + 1}`, figures }));
  return own === null ? named : [...named, { process: "control", figures: own }];
}

async function processesOf({ PROCESSES }: Env): Promise<ProcessFigures[] | null> {
  if (PROCESSES === undefined) return null;
  try {
    const answer = await PROCESSES.fetch("http://processes/", { cache: "no-store" });
    return await answer.json<ProcessFigures[]>();
  } catch (error) {
    log("processes_unknown", { error });
    return null;
  }
}
