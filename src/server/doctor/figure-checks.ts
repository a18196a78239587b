import type { Answer, Unreachable } from "../probe.ts";
import { bad, type Finding, hint, ok } from "./finding.ts";

/** What is missing if something is not set up, and how to set it up. */
const UNCONFIGURED: Readonly<Record<string, readonly [missing: string, todo: string]>> = {
  keyring: ["customers' secrets cannot be kept", "set SECRETS_KEY: npm run deploy makes one"],
  sign_in: ["nobody can sign in to the dashboard", "set SIGN_IN_SECRET: npm run deploy makes one"],
  dashboard: ["there is no dashboard", "set DASHBOARD_HOST, a host of another domain: npm run deploy -- --dashboard"],
  mail: [
    "people get no mail, so no link to sign in with",
    "npm run deploy -- --mail-from, and onboard its domain under Email Sending",
  ],
  operators: ["no person is an operator", "npm run deploy -- --operators"],
  certificates: [
    "no certificates are ordered for customers' hostnames",
    "set CLOUDFLARE_API_TOKEN and CLOUDFLARE_SAAS_ZONE_ID",
  ],
  purge_acceleration: [
    "purges by tag are not made in Cloudflare's own cache as well",
    "set CLOUDFLARE_API_TOKEN and CLOUDFLARE_ZONE_ID",
  ],
  location_limits: ["rates are counted by each isolate alone", "keep the ratelimits of wrangler.toml"],
};

/** Without these something does not work; without the others something only works less well. */
const NEEDED = ["keyring"];

/** D1 holds 10 GB: from here on there is still time to act. */
const FULL_BYTES = 8_000_000_000;

/** A lag that the cron ends within a minute or two is not a problem yet, s. */
const LAG_SECONDS = 180;
const METER_LAG_SECONDS = 60;

/** Checks `/metrics` for what is bound, what lags and what is full. */
export function checkFigures(answer: Answer | Unreachable): Finding[] {
  if (answer.kind === "unreachable") return [bad("bindings", answer.reason, "see above")];
  if (answer.status !== 200)
    return [
      bad(
        "bindings",
        `/metrics answers ${answer.status}`,
        "ADMIN_TOKEN is not the deployment's: npx wrangler secret put ADMIN_TOKEN sets another",
      ),
    ];
  const samples = readSamples(answer.body.toString());
  const of = (name: string) => samples.filter((one) => one.name === name);
  const missing = of("rescdn_configured")
    .filter(({ value }) => value === 0)
    .map(({ labels }) => labels.what ?? "");
  const lags = of("rescdn_publisher_lag_seconds").filter(({ value }) => value > LAG_SECONDS);
  const meter = of("rescdn_meter_lag_seconds")[0]?.value ?? 0;
  const silent = of("rescdn_edge_processes").find(({ labels }) => labels.state === "silent")?.value ?? 0;
  const bytes = of("rescdn_database_size_bytes")[0]?.value ?? 0;
  return [
    ...missing.map((what) => {
      const [said, todo] = UNCONFIGURED[what] ?? [`${what} is not set up`, "see src/docs/operating.md"];
      return (NEEDED.includes(what) ? bad : hint)("bindings", said, todo);
    }),
    ...(missing.length === 0 ? [ok("bindings", "all are there")] : []),
    ...lags.map(({ labels, value }) =>
      bad(
        "publishing",
        `a ${labels.kind} has not reached the edge for ${Math.round(value)} s`,
        "look for publish_failed in the log; the cron tries each minute",
      ),
    ),
    ...(lags.length === 0 ? [ok("publishing", "the edge has what the database says")] : []),
    meter > METER_LAG_SECONDS
      ? bad(
          "meters",
          `counts have waited for ${Math.round(meter)} s`,
          "look for usage_not_delivered in the log, and at the disk",
        )
      : ok("meters", "counts arrive"),
    ...(silent > 0
      ? [bad("processes", `${silent} edge processes do not answer`, "look for runtime_failed in the log")]
      : []),
    bytes > FULL_BYTES
      ? bad(
          "limits",
          `the database has ${(bytes / 1e9).toFixed(1)} of 10 GB`,
          "shorten audit and history (src/db/bounds.ts), or move large accounts away",
        )
      : ok("limits", `the database has ${(bytes / 1e6).toFixed(1)} MB`),
  ];
}

interface Read {
  name: string;
  labels: Record<string, string>;
  value: number;
}

function readSamples(text: string): Read[] {
  return [...text.matchAll(/^(\w+)(?:\{([^}]*)\})? (\S+)$/gm)].map(([, name, labels, value]) => ({
    name: name!,
    labels: Object.fromEntries((labels ?? "").split(",").map((pair) => pair.replaceAll('"', "").split("=", 2))),
    value: Number(value),
  }));
}
