import { say } from "../command.ts";
import { type Checked, checkAsset, checkDeployment } from "./check.ts";
import { checkInZone } from "./check-zone.ts";
import { conclude } from "./conclude.ts";
import type { Options } from "./options.ts";
import type { Prepared } from "./prepare.ts";
import { showSecrets } from "./show-secrets.ts";

/** Migrates, uploads and checks; rolls back a version that fails its check. @throws {CannotStart} */
export async function carryOut(prepared: Prepared, { at, secretsTo }: Options): Promise<void> {
  const { wrangler, deployed, deployment, migrations, secrets } = prepared;
  const before = deployed.version === null ? null : await checkDeployment(deployment, null, at, 0);
  const assetBefore =
    before?.kind === "passed" && deployment.asset !== null ? await checkAsset(deployment.asset, at) : null;
  showSecrets(secrets, secretsTo);
  // The new version needs the migrations, and the running one survives them. Before the first deployment there is no database.
  if (deployed.applied !== null) await migrate(prepared);
  say("Building and uploading.");
  const version = await wrangler.deploy(Object.fromEntries(secrets.map((one) => [one.name, one.value])), messageOf());
  say(`Version ${version} has the traffic${secrets.length === 0 ? "" : ", and its secrets are set"}.`);
  if (deployed.applied === null) await migrate(prepared);
  const checked = await check(prepared, version, assetBefore, at);
  await conclude(wrangler, deployment, deployed, before, checked, migrations);
}

async function migrate({ wrangler, migrations }: Prepared): Promise<void> {
  if (migrations.length === 0) return;
  await wrangler.migrate();
  say(`Applied ${migrations.length} migrations, up to ${migrations.at(-1)}.`);
}

/** Whether the API and the edge answer, and an asset if one was named. */
async function check(
  { deployment, secrets, asset }: Prepared,
  version: string,
  assetBefore: Checked | null,
  at: string | undefined,
): Promise<Checked> {
  const checked = await checkDeployment(deployment, version, at);
  if (checked.kind !== "passed" || deployment.asset === null) return checked;
  say(`Checked: ${checked.said}.`);
  const adminToken = secrets.find((one) => one.name === "ADMIN_TOKEN")?.value ?? process.env.ADMIN_TOKEN;
  const inZone = await checkInZone(deployment, asset, adminToken, at);
  // The version is not to blame if the origin was down before.
  return inZone.kind === "failed" && assetBefore?.kind === "failed"
    ? { kind: "open", said: `${inZone.said}, and so it did before` }
    : inZone;
}

function messageOf(): string {
  return `npm run deploy at ${new Date().toISOString()}`;
}
