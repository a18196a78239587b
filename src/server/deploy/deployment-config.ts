import { join } from "node:path";
import type { Deployment } from "./deployment.ts";
import { routesOf } from "./deployment.ts";

/** An R2 bucket, as a configuration names it. */
export interface Bucket {
  binding: string;
  bucket_name: string;
}

/** The part of `wrangler.toml` that is changed here. */
export interface RawConfig {
  vars?: Record<string, string>;
  kv_namespaces?: { binding: string; id?: string }[];
  d1_databases?: { binding: string; database_name?: string; migrations_dir?: string }[];
  r2_buckets?: Bucket[];
  ratelimits?: { namespace_id: string }[];
  env?: Record<string, RawConfig>;
  [key: string]: unknown;
}

/** Added to the ids of rate limits for a deployment that shares an account with another. */
const STAGING_LIMITS = 1_000;

/**
 * wrangler's configuration for a deployment: production's in `wrangler.toml`, with the given values. It has no environments,
 * and its paths are absolute, so that it can be anywhere.
 *
 * @param buckets that the Worker should have
 * @param namespaces ids of existing KV namespaces that are not bound to the Worker yet, by their bindings
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
    // The one at the top level is for development.
    r2_buckets: [...buckets],
    ratelimits: (production.ratelimits ?? []).map((limit) => ({
      ...limit,
      namespace_id: String(Number(limit.namespace_id) + (isBeside ? STAGING_LIMITS : 0)),
    })),
    build: { ...(raw.build as object), cwd: root },
    ...(vars.MAIL_FROM !== undefined && { send_email: [{ name: "MAIL" }] }),
  };
}

/**
 * The buckets that a deployment should have: production's in `wrangler.toml`, those that it has, and one for files if asked
 * for.
 */
export function bucketsOf(raw: RawConfig, name: string, bound: readonly Bucket[], hasFiles: boolean): Bucket[] {
  const said = hasFiles ? [{ binding: "BUCKET_FILES", bucket_name: `${name}-files` }] : [];
  const all = [...said, ...(raw.env?.production?.r2_buckets ?? []), ...bound].map((one) => [one.binding, one] as const);
  // A running deployment keeps the bucket that its files are in.
  return [...new Map(all).values()];
}
