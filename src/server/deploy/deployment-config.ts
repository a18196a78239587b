import { join } from "node:path";
import type { Deployment } from "./deployment.ts";
import { routesOf } from "./deployment.ts";

/** A bucket of R2, as a configuration names it. */
export interface Bucket {
  binding: string;
  bucket_name: string;
}

/** Of `wrangler.toml`, what is changed here. */
export interface RawConfig {
  vars?: Record<string, string>;
  kv_namespaces?: { binding: string; id?: string }[];
  d1_databases?: { binding: string; database_name?: string; migrations_dir?: string }[];
  r2_buckets?: Bucket[];
  ratelimits?: { namespace_id: string }[];
  env?: Record<string, RawConfig>;
  [key: string]: unknown;
}

/** Added to the numbers of the rate limits of a deployment that stands beside another in one account. */
const STAGING_LIMITS = 1_000;

/**
 * wrangler's configuration for a deployment: that of production in `wrangler.toml`, with what was said. It has no environments, and
 * its paths are absolute, so that it may be anywhere.
 *
 * @param buckets that the Worker is to have
 * @param namespaces ids of KV namespaces that are there and not bound to the Worker yet, by their bindings
 */
export function deploymentConfig(
  raw: RawConfig,
  deployment: Deployment,
  root: string,
  buckets: readonly Bucket[],
  namespaces: Record<string, string> = {},
): RawConfig {
  const { env, ...top } = raw;
  const production = env?.production ?? {};
  const { name, vars } = deployment;
  const isBeside = name !== production.name;
  return {
    ...top,
    ...production,
    name,
    main: join(root, String(raw.main)),
    routes: routesOf(deployment),
    vars,
    kv_namespaces: (production.kv_namespaces ?? []).map((one) => {
      const id = namespaces[one.binding];
      return id === undefined ? one : { ...one, id };
    }),
    d1_databases: (production.d1_databases ?? []).map((one) => ({
      ...one,
      database_name: name,
      migrations_dir: join(root, one.migrations_dir ?? "migrations"),
    })),
    // That of the top is for a laptop.
    r2_buckets: [...buckets],
    ratelimits: (production.ratelimits ?? []).map((limit) => ({
      ...limit,
      namespace_id: String(Number(limit.namespace_id) + (isBeside ? STAGING_LIMITS : 0)),
    })),
    build: { ...(raw.build as object), cwd: root },
    ...(vars.MAIL_FROM !== undefined && { send_email: [{ name: "MAIL" }] }),
  };
}

/** The buckets that a deployment is to have: those of `wrangler.toml`'s production, those that it has, and one for files where it is said. */
export function bucketsOf(raw: RawConfig, name: string, bound: readonly Bucket[], hasFiles: boolean): Bucket[] {
  const said = hasFiles ? [{ binding: "BUCKET_FILES", bucket_name: `${name}-files` }] : [];
  const all = [...said, ...(raw.env?.production?.r2_buckets ?? []), ...bound].map((one) => [one.binding, one] as const);
  // What runs is not given another bucket than the one with its files.
  return [...new Map(all).values()];
}
