import { access, writeFile } from "node:fs/promises";
import type { Client } from "openapi-fetch";
import type { paths } from "../../../dist/api-types/rescdn.d.ts";
import { DEFAULT_SETTINGS } from "../../zones/settings.ts";
import { answerOf, everyPage, refused } from "../calls.ts";
import type { Cli, Schemas } from "../cli.ts";
import { cliOf, command } from "../command.ts";
import { Failed, misused } from "../failed.ts";
import { reasonOf } from "../input.ts";
import { FILE_NAME, projectSchema, readProject, SCHEMA_NAME, type WantedZone } from "../project-file.ts";
import { coloured, confirm, note, plain, print, progress } from "../terminal.ts";
import { isObject } from "../zone-changes.ts";
import { allZones } from "../zone-of-url.ts";
import {
  type Difference,
  type FoundZone,
  holdsSecrets,
  isRedacted,
  isSame,
  planZone,
  withoutSecrets,
  type ZonePlan,
} from "../zone-plan.ts";

/** `rescdn plan`. */
export const plan = () =>
  command(
    "plan",
    `Show what rescdn apply would change to make zones match ${FILE_NAME}`,
    "rescdn plan",
    "rescdn plan --check   # in CI: exits with 1 if anything differs",
  )
    .option("--file <path>", "the file", FILE_NAME)
    .option("--check", "exit with 1 if anything differs")
    .action(async (options) => {
      const cli = cliOf(options);
      const plans = await plansOf(cli, options.file);
      cli.show(plans.map(planJson), () => planText(plans));
      if (options.check && plans.some(({ kind }) => kind !== "same")) process.exitCode = 1;
    });

/** `rescdn apply`. */
export const apply = () =>
  command(
    "apply",
    `Change zones so that they match ${FILE_NAME}, after showing the changes`,
    "rescdn apply",
    "rescdn apply --yes",
  )
    .option("--file <path>", "the file", FILE_NAME)
    .option("--yes", "do not ask")
    .action(async (options) => {
      const cli = cliOf(options);
      const plans = await plansOf(cli, options.file);
      const open = plans.filter(({ kind }) => kind !== "same");
      if (!cli.json) print(planText(plans));
      if (open.length > 0)
        await confirm(`Make these changes to ${open.length === 1 ? "one zone" : `${open.length} zones`}?`, options.yes);
      const client = await cli.rescdn();
      for (const [index, one] of open.entries()) {
        progress(`${one.name}: ${index + 1} of ${open.length}…`);
        for (const kept of await carryOut(client, one)) note(coloured("yellow", `warning: ${kept}`));
        if (!cli.json) print(`${one.name} now matches.`);
      }
      if (cli.json) cli.show(plans.map(planJson), () => "");
    });

/** `rescdn init`. */
export const init = () =>
  command("init", `Write ${FILE_NAME} from the zones that you have`, "rescdn init", "rescdn init my-assets shop")
    .argument("[zone...]", "names or ids; without any, all zones")
    .option("--file <path>", "the file", FILE_NAME)
    .option("--yes", "overwrite an existing file")
    .action(async (names, options) => {
      const cli = cliOf(options);
      const client = await cli.rescdn();
      const ofNames = () =>
        Promise.all(names.map((id) => answerOf(client.GET("/v1/zones/{id}", { params: { path: { id } } }))));
      const zones = names.length === 0 ? await allZones(client) : await ofNames();
      zones.forEach(refuseRedacted);
      if (await exists(options.file)) await confirm(`Overwrite ${options.file}?`, options.yes);
      const entries = await Promise.all(zones.map(async (zone) => [zone.name, await asWanted(client, zone)] as const));
      const file = { $schema: `./${SCHEMA_NAME}`, zones: Object.fromEntries(entries) };
      await written(options.file, file);
      if (!(await exists(SCHEMA_NAME))) await written(SCHEMA_NAME, await projectSchema(await cli.api()));
      cli.show(
        file,
        () =>
          `Wrote ${zones.length === 1 ? "one zone" : `${zones.length} zones`} to ${options.file}, and ${SCHEMA_NAME} for your editor.`,
      );
      if (entries.some(([, { settings = {} }]) => holdsSecrets(settings)) && !cli.json)
        note(
          `${options.file} may hold secrets in plain text: values of headers to origins, and where logs go. Write "\${NAME}" in place of each secret: plan and apply read the variable.`,
        );
    });

/** `rescdn schema`. */
export const schema = () =>
  command("schema", `Print the JSON Schema of ${FILE_NAME}, for editors`, `rescdn schema > ${SCHEMA_NAME}`).action(
    async (options) => {
      print(JSON.stringify(await projectSchema(await cliOf(options).api()), null, 2));
    },
  );

async function plansOf(cli: Cli, path: string): Promise<ZonePlan[]> {
  const { zones } = await readProject(path, await cli.api());
  const client = await cli.rescdn();
  const plans: ZonePlan[] = [];
  for (const [name, wanted] of Object.entries(zones)) {
    progress(`looking at ${name}…`);
    plans.push(planZone(name, wanted, await found(client, name, wanted)));
  }
  return plans;
}

/** What is shown in place of a secret must not be compared, or written as if it were one. */
function refuseRedacted({ name, settings }: Schemas["Zone"]): void {
  if (isRedacted(settings))
    throw new Failed(`your key may not read all settings of ${name}`, { hint: "it needs the scope zones:write" });
}

async function found(client: Client<paths>, name: string, wanted: WantedZone): Promise<FoundZone | null> {
  const { data, error, response } = await client.GET("/v1/zones/{id}", { params: { path: { id: name } } });
  if (response.status === 404) return null;
  if (data === undefined) throw refused(error, response);
  refuseRedacted(data);
  const hostnames = wanted.hostnames === undefined ? [] : await hostnamesOf(client, data.id);
  return { zone: data, etag: response.headers.get("etag") ?? "", hostnames };
}

async function hostnamesOf(client: Client<paths>, id: string): Promise<string[]> {
  const all = await everyPage(async (cursor) => {
    const query = { limit: 100, ...(cursor !== undefined && { cursor }) };
    const page = await answerOf(client.GET("/v1/zones/{id}/hostnames", { params: { path: { id }, query } }));
    return { items: page.hostnames, next: page.next_cursor };
  });
  return all.map(({ hostname }) => hostname);
}

/** Carries out a plan. Reports what the API stores differently from how it was written. */
async function carryOut(client: Client<paths>, one: ZonePlan): Promise<string[]> {
  if (one.kind === "same") return [];
  const kept: string[] = [];
  let id: string;
  if (one.kind === "create") {
    const { active, hostnames: _, settings, ...zone } = one.wanted;
    const body = { name: one.name, ...zone, ...(settings !== undefined && { settings }) };
    const made = await answerOf(client.POST("/v1/zones", { body }));
    ({ id } = made);
    kept.push(...otherwise(one.name, { ...one.wanted, active: made.active }, made));
    if (active === false)
      await answerOf(client.PATCH("/v1/zones/{id}", { params: { path: { id } }, body: { active } }));
  } else {
    ({ id } = one.found.zone);
    if (one.change !== null) {
      const params = { path: { id }, header: { "If-Match": one.found.etag } };
      const changed = await answerOf(client.PATCH("/v1/zones/{id}", { params, body: one.change }));
      kept.push(...otherwise(one.name, one.wanted, changed));
    }
    for (const hostname of one.release)
      await answerOf(client.DELETE("/v1/zones/{id}/hostnames/{hostname}", { params: { path: { id, hostname } } }));
  }
  const claim = one.kind === "create" ? (one.wanted.hostnames ?? []) : one.claim;
  for (const hostname of claim) {
    const { proof, target } = await answerOf(
      client.POST("/v1/zones/{id}/hostnames", { params: { path: { id } }, body: { hostname } }),
    );
    note(`${hostname} waits for its proof: ${proof.name} TXT "${proof.value}", then ${hostname} CNAME ${target}`);
  }
  return kept;
}

/** What the API has stored differently: `plan` would show it each time. */
function otherwise(name: string, wanted: WantedZone, zone: Schemas["Zone"]): string[] {
  const again = planZone(name, wanted, {
    zone,
    etag: "",
    hostnames: (wanted.hostnames ?? []).map((host) => host.toLowerCase()),
  });
  if (again.kind !== "change") return [];
  return again.differences
    .map(withoutSecrets)
    .map(
      ({ path, before }) =>
        `the API keeps ${path} of ${name} as ${plain(JSON.stringify(before) ?? "nothing")}: write it like this in ${FILE_NAME}`,
    );
}

async function asWanted(client: Client<paths>, zone: Schemas["Zone"]): Promise<WantedZone> {
  const defaults = new Map<string, unknown>(Object.entries(DEFAULT_SETTINGS));
  const own = Object.entries(zone.settings)
    .filter(([name, value]) => !isSame(value, defaults.get(name)))
    .map(([name, value]) => [name, withoutSecretSet(value)] as const);
  const hostnames = await hostnamesOf(client, zone.id);
  return {
    origin: zone.origin,
    ...(!zone.active && { active: false }),
    settings: Object.fromEntries(own) as Schemas["SettingsChange"],
    ...(hostnames.length > 0 && { hostnames }),
  };
}

/** What the API shows in place of a secret cannot be sent to it. */
function withoutSecretSet(value: unknown): unknown {
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([name]) => name !== "secret_set"));
}

function planJson(one: ZonePlan) {
  return {
    zone: one.name,
    action: one.kind,
    differences: one.kind === "same" ? [] : one.differences.map(withoutSecrets),
  };
}

function planText(plans: readonly ZonePlan[]): string {
  const open = plans.filter((one) => one.kind !== "same");
  if (open.length === 0)
    return `Nothing to change: ${plans.length === 1 ? "the zone is" : `${plans.length} zones are`} as wanted.`;
  return open.map(zoneText).join("\n\n");
}

function zoneText(one: Exclude<ZonePlan, { kind: "same" }>): string {
  const head = one.kind === "create" ? coloured("green", `+ ${one.name}`) : coloured("yellow", `~ ${one.name}`);
  return [head, ...one.differences.map(withoutSecrets).map(line)].join("\n");
}

function line({ path, before, after }: Difference): string {
  const [old, wanted] = [before, after].map((value) => plain(JSON.stringify(value) ?? ""));
  if (before === undefined) return coloured("green", `    + ${path}: ${wanted}`);
  if (after === undefined) return coloured("red", `    - ${path}: ${old}`);
  return `    ~ ${path}: ${coloured("red", old!)} → ${coloured("green", wanted!)}`;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

async function written(path: string, value: object): Promise<void> {
  await writeFile(path, `${JSON.stringify(value, null, 2)}\n`).catch((error: unknown) => {
    throw misused(`cannot write ${path}: ${reasonOf(error)}`);
  });
}
