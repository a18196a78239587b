/** `npm run doctor`: looks at a deployment, or a server on one machine, from outside, and says what to do. */
import { parseArgs } from "node:util";
import { CannotStart } from "./cannot-start.ts";
import { fail, say } from "./command.ts";
import { devVar } from "./dev-vars.ts";
import { examine } from "./doctor/examine.ts";
import { textOf } from "./doctor/finding.ts";
import type { Patient } from "./doctor/patient.ts";

const USAGE = `npm run doctor -- [URL of the API, such as https://api.cdn-example.net] [options]

  --asset URL    an asset of a zone, such as https://my-assets.cdn-example.net/app.css
  --at URL       asks there, instead of where the names lead
  RESCDN_KEY     in the environment: a key that may purge
  ADMIN_TOKEN    in the environment: the operator's token

Without a URL it looks at what npm start has started.`;

try {
  const findings = await examine(patientOf(process.argv.slice(2)));
  for (const finding of findings) say(textOf(finding));
  const wrong = findings.filter(({ state }) => state === "bad").length;
  say(wrong === 0 ? "\nNothing is wrong." : `\n${wrong} ${wrong === 1 ? "thing is" : "things are"} wrong.`);
  process.exitCode = wrong === 0 ? 0 : 1;
} catch (error) {
  if (error instanceof CannotStart) fail(error.message);
  throw error;
}

function patientOf(args: string[]): Patient {
  const { positionals, values } = read(args);
  const [url = ""] = positionals;
  const isDemo = url === "";
  const api = url || `http://localhost:${process.env.PORT || 8787}`;
  const demo = `http://demo.rescdn.localhost:${process.env.PORT || 8787}/assets/reset.css`;
  for (const one of [api, values.asset, values.at].filter((text) => text !== undefined))
    if (!/^https?:$/.test(URL.parse(one)?.protocol ?? "")) throw new CannotStart(`not a URL: ${one}\n\n${USAGE}`);
  return {
    api: new URL(api).origin,
    asset: values.asset ?? (isDemo ? demo : null),
    at: values.at === undefined ? undefined : new URL(values.at).origin,
    key: process.env.RESCDN_KEY || (isDemo ? devVar("RESCDN_KEY") : null),
    adminToken: process.env.ADMIN_TOKEN || (isDemo ? devVar("ADMIN_TOKEN") : null),
    purgeMs: Number(process.env.DOCTOR_PURGE_MS ?? 65_000),
  };
}

function read(args: string[]) {
  try {
    return parseArgs({ args, allowPositionals: true, options: { asset: { type: "string" }, at: { type: "string" } } });
  } catch (error) {
    throw new CannotStart(`${(error as Error).message}\n\n${USAGE}`);
  }
}
