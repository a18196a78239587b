/** `npm run deploy`: brings this clone to Cloudflare, for the first time or once more. */
import { writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { experimental_readRawConfig as readRawConfig, unstable_splitSqlQuery as splitSql } from "wrangler";
import { migrationsIn, newerMigration } from "./apply-migrations.ts";
import { CannotStart } from "./cannot-start.ts";
import { fail, say } from "./command.ts";
import { askFor, askForAsset, askToGoOn } from "./deploy/ask.ts";
import { breakingStatements } from "./deploy/breaking-statements.ts";
import { leftByHand } from "./deploy/by-hand.ts";
import { type Checked, checkAsset, checkDeployment } from "./deploy/check.ts";
import { checkInZone, checkUrlOf } from "./deploy/check-zone.ts";
import { type Deployed, Wrangler } from "./deploy/deployed.ts";
import { ASSET_VARIABLE, type Deployment, routesOf, settle } from "./deploy/deployment.ts";
import { deploymentConfig, type RawConfig } from "./deploy/deployment-config.ts";
import { readOptions, USAGE } from "./deploy/options.ts";
import { type NewSecret, newSecrets } from "./deploy/secrets.ts";
import { keepFilesPrivate } from "./private-files.ts";
import { projectRoot, wranglerConfig } from "./project.ts";

keepFilesPrivate();
try {
  await deploy();
} catch (error) {
  if (error instanceof CannotStart) fail(error.message);
  throw error;
}

async function deploy(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (options.help) return say(USAGE);
  if (options.secretsTo !== undefined && !relative(projectRoot, resolve(options.secretsTo)).startsWith(".."))
    throw new CannotStart(`--secrets-to names a file within the project: choose one outside of it`);
  const raw = readRawConfig({ config: wranglerConfig }).rawConfig as RawConfig;
  const production = raw.env?.production ?? {};
  const name = `${production.name}${options.staging ? "-staging" : ""}`;
  const wrangler = new Wrangler(name);

  // What cannot be is said before anybody is asked.
  if (options.vars.EDGE_DOMAINS !== undefined) settle(name, options.vars, {}, production.vars ?? {});
  say(`Looking at what is deployed as ${name}.`);
  const unsaid: Deployment = { name, vars: production.vars ?? {}, domain: "", zone: "", apiHost: "", asset: null };
  wrangler.configure(deploymentConfig(raw, { ...unsaid, vars: {} }, projectRoot));
  const deployed = await wrangler.look(
    name,
    (production.kv_namespaces ?? []).map(({ binding }) => binding),
  );

  const asks = process.stdin.isTTY && !options.yes && !options.dryRun;
  const isFirst = deployed.version === null;
  const byDefault = production.vars ?? {};
  // The domain of `wrangler.toml` is production's.
  if (options.staging && options.vars.EDGE_DOMAINS === undefined && deployed.vars.EDGE_DOMAINS === undefined && !asks)
    throw new CannotStart("the deployment beside production needs a domain of its own: --domain");
  const current = options.staging ? deployed.vars : { ...byDefault, ...deployed.vars };
  const said = asks && isFirst ? await askFor(options.vars, current) : options.vars;
  const asset = options.asset ?? (asks && isFirst ? await askForAsset() : undefined);
  const { domain } = settle(name, said, deployed.vars, byDefault);
  if (asset) said[ASSET_VARIABLE] = checkUrlOf(asset, { domain });
  const deployment = settle(name, said, deployed.vars, byDefault);

  const folder = join(projectRoot, production.d1_databases?.[0]?.migrations_dir ?? "migrations");
  const migrations = await migrationsToApply(folder, deployed, options.mayBreak);
  const secrets = newSecrets(deployed.secrets, process.env, deployed.hasAccounts, options.newKeyring);
  // What an earlier run has made and did not come to bind.
  const config = deploymentConfig(raw, deployment, projectRoot, isFirst ? deployed.namespaces : {});
  wrangler.configure(config);

  say(planOf(deployment, deployed, config, migrations, secrets, options.except));
  if (options.dryRun) return say("--dry-run: nothing was changed.");
  if (asks && !(await askToGoOn())) return say("Nothing was changed.");

  const before = isFirst ? null : await checkDeployment(deployment, null, options.at, 0);
  const assetBefore =
    before?.kind === "passed" && deployment.asset !== null ? await checkAsset(deployment.asset, options.at) : null;
  show(secrets, options.secretsTo);
  const migrate = async () => {
    if (migrations.length === 0) return;
    await wrangler.migrate();
    say(`Applied ${migrations.length} migrations, up to ${migrations.at(-1)}.`);
  };
  // The new version needs them, and the one that runs survives them. Before the first there is no database.
  if (deployed.applied !== null) await migrate();
  say("Building and uploading.");
  const version = await wrangler.deploy(Object.fromEntries(secrets.map((one) => [one.name, one.value])), messageOf());
  say(`Version ${version} has the traffic${secrets.length === 0 ? "" : ", and its secrets are set"}.`);
  if (deployed.applied === null) await migrate();

  let checked = await checkDeployment(deployment, version, options.at);
  if (checked.kind === "passed" && deployment.asset !== null) {
    say(`Checked: ${checked.said}.`);
    const adminToken = secrets.find((one) => one.name === "ADMIN_TOKEN")?.value ?? process.env.ADMIN_TOKEN;
    checked = await checkInZone(deployment, asset, adminToken, options.at);
    // An origin that is down is not the version's fault.
    if (checked.kind === "failed" && assetBefore?.kind === "failed")
      checked = { kind: "open", said: `${checked.said}, and so it did before` };
  }
  await conclude(wrangler, deployment, deployed, before, checked, migrations);
  say(
    `\nLeft to do by hand, each once:\n\n${leftByHand(deployment, options.except)
      .map((one) => `- ${one}`)
      .join("\n")}`,
  );
}

/** The migrations that the database has not seen. @throws {CannotStart} where it is newer, or the version that runs would break */
async function migrationsToApply(folder: string, { applied, version }: Deployed, mayBreak: boolean): Promise<string[]> {
  const known = await migrationsIn(folder);
  const newer = newerMigration(applied ?? [], known);
  if (newer !== null)
    throw new CannotStart(`the database is of a newer version than this clone, with ${newer}: deploy that one`);
  const missing = known.filter((name) => !applied?.includes(name));
  if (version === null || applied === null || applied.length === 0) return missing;
  const breaking = await Promise.all(
    missing.map(async (name) => {
      const statements = breakingStatements(splitSql(await readFile(join(folder, name), "utf8")));
      return statements.map((sql) => `- ${name}: ${sql.replace(/\s+/g, " ").trim().slice(0, 120)}`);
    }),
  );
  if (breaking.flat().length > 0 && !mayBreak)
    throw new CannotStart(
      `the version that runs may not survive these migrations, which come before the new one:\n${breaking.flat().join("\n")}\n` +
        "Deploy first a version that does without what they take away. Where a pause does no harm, say --allow-breaking-migrations.",
    );
  return missing;
}

function planOf(
  { name, vars }: Deployment,
  { version, applied }: Deployed,
  config: RawConfig,
  migrations: readonly string[],
  secrets: readonly NewSecret[],
  except: readonly string[],
): string {
  const routes = routesOf({ vars });
  const list = (lines: readonly string[]) => lines.map((line) => `    ${line}`).join("\n");
  const stores = [...(config.kv_namespaces ?? []).map(({ binding }) => `KV ${binding}`), `D1 ${name}`].join(", ");
  const all = routes.find(({ pattern }) => pattern === "*/*");
  return `
Plan for the Worker ${name}:
  1. ${version === null ? "it does not exist yet, and is made" : `replaces version ${version}`}
  2. stores: ${applied === null ? `wrangler makes those that are missing (${stores})` : "are there"}
  3. secrets: ${secrets.length === 0 ? "all are set, and stay" : secrets.map((one) => `${one.name} (${one.keep === null && process.env[one.name] ? "as given" : "made"})`).join(", ")}
  4. migrations${applied === null ? ", after it is uploaded, since nothing runs yet" : ", before the new version; the one that runs goes on with them"}: ${migrations.length === 0 ? "none" : migrations.join(", ")}
  5. variables:
${list(Object.entries(vars).map(([one, value]) => `${one} = ${value}`))}
  6. routes:
${list(routes.map(({ pattern, zone_name }) => `${pattern} (zone ${zone_name})`))}${
  all === undefined
    ? ""
    : `\n    ${all.pattern} takes all hosts of ${all.zone_name}.${except.length === 0 ? " One that is not the Worker's needs a route of its own without a Worker first: --except HOST says which." : ` Make the routes ${except.map((host) => `${host}/*`).join(", ")} without a Worker first.`}`
}
  7. check: the API is ready and of the new version, the edge answers${vars[ASSET_VARIABLE] === undefined ? "" : `, ${vars[ASSET_VARIABLE]} is served`}; else the version before gets the traffic back
`;
}

/** Shows what its operator has to keep, before it is set: what nobody has seen could not be brought back. */
function show(secrets: readonly NewSecret[], file: string | undefined): void {
  const kept = secrets.filter(({ keep }) => keep !== null);
  if (kept.length === 0) return;
  const lines = kept.map(({ name, value, keep }) => `# ${keep}\n${name}=${value}\n`).join("");
  if (file === undefined)
    say(`Keep these, which are shown this once. They hold once this says that they are set.\n\n${lines}`);
  else {
    try {
      writeFileSync(file, lines, { mode: 0o600, flag: "wx" });
    } catch (error) {
      throw new CannotStart(`the secrets cannot be written to ${file}: ${(error as Error).message}`);
    }
    say(`The secrets to keep are in ${file}.`);
  }
}

function messageOf(): string {
  return `npm run deploy at ${new Date().toISOString()}`;
}

/** Says how the check went, and takes a version back that has failed it. @throws {CannotStart} */
async function conclude(
  wrangler: Wrangler,
  { apiHost }: Deployment,
  deployed: Deployed,
  before: Checked | null,
  checked: Checked,
  migrations: readonly string[],
): Promise<void> {
  if (checked.kind === "passed") return say(`Checked: ${checked.said}.`);
  if (checked.kind === "open") return say(`Not checked: ${checked.said}.`);
  // What could not be asked before either says nothing of the version.
  const isTold = checked.kind === "failed" || before?.kind === "passed";
  if (!isTold || deployed.version === null) {
    const what = `Not checked: ${checked.said}.`;
    if (checked.kind === "failed")
      throw new CannotStart(
        `The check failed: ${checked.said}.\nThere is no version before to go back to. Mend what is wrong, and call this again.`,
      );
    return say(`${what} Once ${apiHost} leads to Cloudflare, call this again, or npm run doctor -- https://${apiHost}`);
  }
  await wrangler.rollBack(deployed.version, "npm run deploy: the version failed its check").catch((error: unknown) => {
    throw new CannotStart(
      `The check failed: ${checked.said}.\nThe version before, ${deployed.version}, could not be given the traffic back: ${(error as Error).message}`,
    );
  });
  const schema =
    migrations.length === 0
      ? ""
      : `\nThe database keeps ${migrations.join(", ")}: they only add, so the version before runs on them, but its /health says 503 until a version that knows them runs. Or take them back: npm run migrate -- --remote --back-to ${deployed.applied?.at(-1)?.slice(0, 4)}`;
  throw new CannotStart(
    `The check failed: ${checked.said}.\nVersion ${deployed.version} has the traffic again.${schema}`,
  );
}
