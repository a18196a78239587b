/** `npm run deploy`: brings this clone to Cloudflare, for the first time or again. */
import { relative, resolve } from "node:path";
import { CannotStart } from "./cannot-start.ts";
import { fail, say } from "./command.ts";
import { askToGoOn } from "./deploy/ask.ts";
import { leftByHand } from "./deploy/by-hand.ts";
import { carryOut } from "./deploy/carry-out.ts";
import { readOptions, USAGE } from "./deploy/options.ts";
import { planOf } from "./deploy/plan.ts";
import { prepare } from "./deploy/prepare.ts";
import { keepFilesPrivate } from "./private-files.ts";
import { projectRoot } from "./project.ts";

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
  const asks = process.stdin.isTTY && !options.yes && !options.dryRun;
  const prepared = await prepare(options, asks);
  say(planOf(prepared, options.except));
  if (options.dryRun) return say("--dry-run: nothing was changed.");
  if (asks && !(await askToGoOn())) return say("Nothing was changed.");
  await carryOut(prepared, options);
  say(
    `\nLeft to do by hand, each once:\n\n${leftByHand(prepared.deployment, options.except)
      .map((one) => `- ${one}`)
      .join("\n")}`,
  );
}
