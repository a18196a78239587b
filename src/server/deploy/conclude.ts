import { CannotStart } from "../cannot-start.ts";
import { say } from "../command.ts";
import type { Checked } from "./check.ts";
import type { Deployed, Wrangler } from "./deployed.ts";
import type { Deployment } from "./deployment.ts";

/** Reports the result of the check, and rolls back a version that failed it. @throws {CannotStart} */
export async function conclude(
  wrangler: Wrangler,
  { apiHost }: Deployment,
  deployed: Deployed,
  before: Checked | null,
  checked: Checked,
  migrations: readonly string[],
): Promise<void> {
  if (checked.kind === "passed") return say(`Checked: ${checked.said}.`);
  if (checked.kind === "open") return say(`Not checked: ${checked.said}.`);
  // If it could not be reached before either, that says nothing about the version.
  const isTold = checked.kind === "failed" || before?.kind === "passed";
  if (!isTold || deployed.version === null) {
    const what = `Not checked: ${checked.said}.`;
    if (checked.kind === "failed")
      throw new CannotStart(
        `The check failed: ${checked.said}.\nThere is no earlier version to go back to. Fix what is wrong, and run this again.`,
      );
    return say(`${what} Once ${apiHost} leads to Cloudflare, run this again, or npm run doctor -- https://${apiHost}`);
  }
  await wrangler.rollBack(deployed.version, "npm run deploy: the version failed its check").catch((error: unknown) => {
    throw new CannotStart(
      `The check failed: ${checked.said}.\nThe traffic could not be given back to the previous version, ${deployed.version}: ${(error as Error).message}`,
    );
  });
  const schema =
    migrations.length === 0
      ? ""
      : `\nThe database keeps ${migrations.join(", ")}: they only add, so the previous version works with them, but its /health says 503 until a version that knows them runs. Or take them back: npm run migrate -- --remote --back-to ${deployed.applied?.at(-1)?.slice(0, 4)}`;
  throw new CannotStart(
    `The check failed: ${checked.said}.\nVersion ${deployed.version} has the traffic again.${schema}`,
  );
}
