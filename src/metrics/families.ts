import { REFUSED } from "../usage/batch.ts";
import type { Totals } from "../usage/totals.ts";
import type { DatabaseFigures } from "./database-figures.ts";
import type { IsolateFigures, NamedFigures } from "./isolate-figures.ts";
import type { Family, Sample } from "./open-metrics.ts";
import type { ProcessFigures } from "./process-figures.ts";

/** Everything known. Fields for a server on one machine are null elsewhere. */
export interface Known {
  version: string | null;
  /** The Worker's clock, ms since the epoch. */
  now: number;
  /** Whether each optional part is set up, by its name. */
  configured: Readonly<Record<string, boolean>>;
  database: DatabaseFigures;
  totals: Totals | null;
  isolates: readonly NamedFigures[] | null;
  processes: readonly ProcessFigures[] | null;
}

/** The figures of `/metrics`. */
export function families({ version, now, configured, database, totals, isolates, processes }: Known): Family[] {
  const answers = [...(totals?.answers ?? [])].map(([name, sums]) => {
    const [cache = "", statusClass] = name.split(" ");
    return { labels: { cache: cache.toLowerCase(), status: `${statusClass}xx` }, ...sums };
  });
  const { lag, bytes } = database;
  const failures = [...(totals?.failures ?? [])];
  const heard = (isolates ?? []).flatMap(({ figures }) => (figures === null ? [] : [figures]));
  const edges = (isolates ?? []).filter(({ process }) => process !== "control");
  const isRefusal = (reason: string) => reason.startsWith(REFUSED);
  return [
    {
      name: "rescdn_build_info",
      type: "gauge",
      help: "The version that answers, as a label.",
      samples: [[{ version: version ?? "local" }, 1]],
    },
    {
      name: "rescdn_clock_seconds",
      type: "gauge",
      unit: "seconds",
      help: "The server's clock, since the epoch.",
      samples: [[{}, now / 1_000]],
    },
    {
      name: "rescdn_configured",
      type: "gauge",
      help: "What is bound and set up (1), and what is not (0).",
      samples: Object.entries(configured).map(([what, is]) => [{ what }, is ? 1 : 0]),
    },
    {
      name: "rescdn_database_size_bytes",
      type: "gauge",
      unit: "bytes",
      help: "What D1 takes; Cloudflare gives it 10 GB.",
      samples: bytes === null ? [] : [[{}, bytes]],
    },
    {
      name: "rescdn_requests",
      type: "counter",
      help: "Answers for zones, by what the cache did (X-Cache) and class of status.",
      samples: answers.map(({ labels, requests }) => [labels, requests]),
    },
    {
      name: "rescdn_sent_bytes",
      type: "counter",
      unit: "bytes",
      help: "Bytes of bodies sent to clients.",
      samples: answers.map(({ labels, bytes }) => [labels, bytes]),
    },
    {
      name: "rescdn_origin_requests",
      type: "counter",
      help: "Requests to origins, including validations and requests that failed.",
      samples: totals === null ? [] : [[{}, totals.origins.requests]],
    },
    {
      name: "rescdn_origin_received_bytes",
      type: "counter",
      unit: "bytes",
      help: "Bytes of bodies received from origins.",
      samples: totals === null ? [] : [[{}, totals.origins.bytes]],
    },
    {
      name: "rescdn_origin_failures",
      type: "counter",
      help: "Failures of origins, by reason.",
      samples: failures.filter(([reason]) => !isRefusal(reason)).map(([reason, count]) => [{ reason }, count]),
    },
    {
      name: "rescdn_refusals",
      type: "counter",
      help: "Requests that the policies of zones refused, by reason.",
      samples: failures
        .filter(([reason]) => isRefusal(reason))
        .map(([reason, count]) => [{ reason: reason.slice(REFUSED.length) }, count]),
    },
    {
      name: "rescdn_origin_first_byte_seconds",
      type: "histogram",
      unit: "seconds",
      help: "How long origins took to begin their answers.",
      samples: (isolates ?? []).flatMap(({ process, figures }) =>
        figures === null ? [] : histogram(figures, process),
      ),
    },
    {
      name: "rescdn_publisher_lagging_documents",
      type: "gauge",
      help: "Documents that are newer in the database than at the edge.",
      samples: lag.map(({ kind, documents }) => [{ kind }, documents]),
    },
    {
      name: "rescdn_publisher_lag_seconds",
      type: "gauge",
      unit: "seconds",
      help: "For how long the oldest of them has waited.",
      samples: lag.flatMap(({ kind, lagMs }) => (lagMs === null ? [] : [[{ kind }, lagMs / 1_000]])),
    },
    {
      name: "rescdn_meter_lag_seconds",
      type: "gauge",
      unit: "seconds",
      help: "The longest time that a process has held counts that no meter has.",
      samples: heard.length === 0 ? [] : [[{}, Math.max(...heard.map((one) => one.meterLagMs)) / 1_000]],
    },
    {
      name: "rescdn_hot_responses_bytes",
      type: "gauge",
      unit: "bytes",
      help: "What processes hold of hot responses, together.",
      samples: heard.length === 0 ? [] : [[{}, heard.reduce((sum, one) => sum + one.memoryBytes, 0)]],
    },
    {
      name: "rescdn_edge_processes",
      type: "gauge",
      help: "Processes that serve zones, by whether they answer.",
      samples:
        isolates === null
          ? []
          : [
              [{ state: "answers" }, edges.filter(({ figures }) => figures !== null).length],
              [{ state: "silent" }, edges.filter(({ figures }) => figures === null).length],
            ],
    },
    {
      name: "rescdn_process_resident_memory_bytes",
      type: "gauge",
      unit: "bytes",
      help: "Memory that a process takes of the machine.",
      samples: (processes ?? []).map((one) => [{ process: one.name }, one.residentBytes]),
    },
  ];
}

function histogram({ originTimes: { boundsMs, counts, sumMs } }: IsolateFigures, process: string): Sample[] {
  let sum = 0;
  const buckets = counts.map((count, index): Sample => {
    sum += count;
    const bound = boundsMs[index];
    return [{ process, le: bound === undefined ? "+Inf" : String(bound / 1_000) }, sum, "_bucket"];
  });
  if (sum === 0) return [];
  return [...buckets, [{ process }, sum, "_count"], [{ process }, sumMs / 1_000, "_sum"]];
}
