import { join } from "node:path";
import { experimental_readRawConfig as readRawConfig } from "wrangler";
import { CannotStart } from "../cannot-start.ts";
import { say } from "../command.ts";
import { projectRoot, wranglerConfig } from "../project.ts";
import { askFor, askForAsset } from "./ask.ts";
import { checkUrlOf } from "./check-zone.ts";
import { type Deployed, Wrangler } from "./deployed.ts";
import { ASSET_VARIABLE, type Deployment, settle } from "./deployment.ts";
import { bucketsOf, deploymentConfig, type RawConfig } from "./deployment-config.ts";
import { migrationsToApply } from "./migrations-to-apply.ts";
import type { Options } from "./options.ts";
import { type NewSecret, newSecrets } from "./secrets.ts";

/** What is deployed, and what is going to be. */
export interface Prepared {
  wrangler: Wrangler;
  deployed: Deployed;
  deployment: Deployment;
  config: RawConfig;
  /** Names of the migrations that the database has not had. */
  migrations: string[];
  secrets: NewSecret[];
  /** The asset that was given to try the edge with. */
  asset: string | undefined;
}

/** Looks at what is deployed and decides what comes next; changes nothing. @throws {CannotStart} if something is impossible */
export async function prepare(options: Options, asks: boolean): Promise<Prepared> {
  const raw = readRawConfig({ config: wranglerConfig }).rawConfig as RawConfig;
  const production = raw.env?.production ?? {};
  const byDefault = production.vars ?? {};
  const name = `${production.name}${options.staging ? "-staging" : ""}`;
  const wrangler = new Wrangler(name);

  // Impossible values are reported before anybody is asked.
  if (options.vars.EDGE_DOMAINS !== undefined) settle(name, options.vars, {}, byDefault);
  say(`Looking at what is deployed as ${name}.`);
  const unsaid: Deployment = { name, vars: byDefault, domain: "", zone: "", apiHost: "", asset: null };
  wrangler.configure(deploymentConfig(raw, { ...unsaid, vars: {} }, projectRoot, []));
  const deployed = await wrangler.look(
    name,
    (production.kv_namespaces ?? []).map(({ binding }) => binding),
  );

  const { deployment, asset } = await settleWith(name, options, asks, deployed, byDefault);
  const folder = join(projectRoot, production.d1_databases?.[0]?.migrations_dir ?? "migrations");
  const migrations = await migrationsToApply(folder, deployed, options.mayBreak);
  const secrets = newSecrets(deployed.secrets, process.env, deployed.hasAccounts, options.newKeyring);
  // Created by an earlier run that did not get as far as binding them.
  const made = deployed.version === null ? deployed.namespaces : {};
  const buckets = bucketsOf(raw, name, deployed.buckets, options.files);
  const config = deploymentConfig(raw, deployment, projectRoot, buckets, made);
  wrangler.configure(config);
  return { wrangler, deployed, deployment, config, migrations, secrets, asset };
}

/** Values that are given, or asked for now, take precedence over the running deployment's. */
async function settleWith(
  name: string,
  options: Options,
  asks: boolean,
  deployed: Deployed,
  byDefault: Record<string, string>,
): Promise<{ deployment: Deployment; asset: string | undefined }> {
  const isFirst = deployed.version === null;
  // The domain in `wrangler.toml` is production's.
  if (options.staging && options.vars.EDGE_DOMAINS === undefined && deployed.vars.EDGE_DOMAINS === undefined && !asks)
    throw new CannotStart("the deployment beside production needs a domain of its own: --domain");
  const current = options.staging ? deployed.vars : { ...byDefault, ...deployed.vars };
  const said = asks && isFirst ? await askFor(options.vars, current) : options.vars;
  const asset = options.asset ?? (asks && isFirst ? await askForAsset() : undefined);
  const { domain } = settle(name, said, deployed.vars, byDefault);
  if (asset) said[ASSET_VARIABLE] = checkUrlOf(asset, { domain });
  return { deployment: settle(name, said, deployed.vars, byDefault), asset };
}
