import { DEFAULT_SETTINGS } from "../../zones/settings.ts";
import { answerOf } from "../calls.ts";
import type { Cli, Schemas } from "../cli.ts";
import { cliOf, command, group } from "../command.ts";
import { collected } from "../input.ts";
import { coloured, confirm, facts, note, plain, table } from "../terminal.ts";
import { readChanges } from "../zone-changes.ts";
import { addressOf, allZones } from "../zone-of-url.ts";
import { origins } from "./zone-origins.ts";

type Zone = Schemas["Zone"];

/** `rescdn zones`. */
export function zones() {
  return group("zones", "Your zones: what is served, from where, and how")
    .addCommand(list())
    .addCommand(create())
    .addCommand(show())
    .addCommand(origins())
    .addCommand(set())
    .addCommand(switched("pause", "Stop serving a zone; nothing is lost", false))
    .addCommand(switched("resume", "Serve a paused zone again", true))
    .addCommand(remove());
}

const list = () =>
  command("ls", "List your zones", "rescdn zones ls", "rescdn zones ls --name 'shop-*' --json")
    .option("--name <pattern>", "only those of this name; a * at its end stands for anything")
    .action(async (options) => {
      const cli = cliOf(options);
      const [found, api] = [await allZones(await cli.rescdn(), options.name), await cli.api()];
      if (found.length === 0 && !cli.json) note("rescdn zones create creates one.");
      cli.show(found, (zones) =>
        table(
          ["name", "state", "origin", "address", "created"],
          zones.map((zone) => [
            zone.name,
            state(zone),
            plain(zone.origin),
            addressOf(zone.subdomain, api),
            day(zone.created),
          ]),
        ),
      );
    });

const create = () =>
  command(
    "create",
    "Create a zone",
    "rescdn zones create my-assets --origin https://www.example.com",
    "rescdn zones create my-assets --origin https://www.example.com --set query=ignore --set ttl.css=86400",
  )
    .argument("<name>", "its name: it is served at https://<name>.rescdn.io")
    .requiredOption("--origin <url>", "the server that has what is served")
    .option("--set <name=value>", "a setting, as in rescdn zones set; may be given several times", collected)
    .action(async (name, options) => {
      const cli = cliOf(options);
      const { settings } = await readChanges(options.set ?? []);
      const body = { name, origin: options.origin, ...(settings !== undefined && { settings }) };
      const zone = await answerOf((await cli.rescdn()).POST("/v1/zones", { body }));
      const address = addressOf(zone.subdomain, await cli.api());
      cli.show(zone, () => `Created ${coloured("bold", zone.name)}: ${address}`);
      warn(cli, zone);
      if (!cli.json && zone.origin.startsWith("r2://"))
        note(`Upload what it serves: rescdn deploy-assets <dir> --zone ${zone.name}`);
      else if (!cli.json)
        note(
          `What ${plain(zone.origin)} has at a path is now served there as well. Try it twice, for a MISS and a HIT:\n  curl -so /dev/null -D - ${address}/<path> | grep -i ^x-cache`,
        );
    });

const show = () =>
  command("show", "Show a zone and its settings", "rescdn zones show my-assets", "rescdn zones show my-assets --json")
    .argument("<zone>", "name or id")
    .option("--all", "also show settings that have their default value")
    .action(async (id, options) => {
      const cli = cliOf(options);
      const zone = await answerOf((await cli.rescdn()).GET("/v1/zones/{id}", { params: { path: { id } } }));
      const address = addressOf(zone.subdomain, await cli.api());
      cli.show(zone, () => description(zone, address, options.all === true));
      warn(cli, zone);
    });

const set = () =>
  command(
    "set",
    "Change a zone's origin or settings",
    "rescdn zones set my-assets ttl.css=86400 query=ignore",
    "rescdn zones set my-assets rules=@rules.json",
    "rescdn zones set my-assets origin_headers.authorization=-   # reads the value, which nobody else sees",
  )
    .argument("<zone>", "name or id")
    .argument(
      "<change...>",
      "name=value each, of `rescdn zones show --all`; null restores the default, @file reads a file, - standard input",
    )
    .action(async (id, changes, options) => {
      const cli = cliOf(options);
      const body = await readChanges(changes);
      const zone = await answerOf((await cli.rescdn()).PATCH("/v1/zones/{id}", { params: { path: { id } }, body }));
      cli.show(
        zone,
        () => `Changed ${coloured("bold", zone.name)}: version ${zone.version} reaches every location within a minute.`,
      );
      warn(cli, zone);
    });

const switched = (name: "pause" | "resume", summary: string, active: boolean) =>
  command(name, summary, `rescdn zones ${name} my-assets`)
    .argument("<zone>", "name or id")
    .action(async (id, options) => {
      const cli = cliOf(options);
      const call = (await cli.rescdn()).PATCH("/v1/zones/{id}", { params: { path: { id } }, body: { active } });
      const zone = await answerOf(call);
      cli.show(zone, () =>
        active
          ? `${zone.name} is served again.`
          : `${zone.name} is paused: it answers 403 until rescdn zones resume ${zone.name}.`,
      );
    });

const remove = () =>
  command("rm", "Delete a zone", "rescdn zones rm my-assets", "rescdn zones rm my-assets --yes")
    .argument("<zone>", "name or id")
    .option("--yes", "do not ask")
    .action(async (id, options) => {
      const cli = cliOf(options);
      const client = await cli.rescdn();
      const at = { params: { path: { id } } };
      const zone = await answerOf(client.GET("/v1/zones/{id}", at));
      await confirm(`Delete the zone ${zone.name}? It stops being served, and its settings are lost.`, options.yes);
      await answerOf(client.DELETE("/v1/zones/{id}", { params: { path: { id: zone.id } } }));
      cli.show({ deleted: zone.id }, () => `Deleted ${zone.name}. Its name stays yours for 30 days.`);
    });

function description(zone: Zone, address: string, isWhole: boolean): string {
  const about = facts([
    ["name", coloured("bold", zone.name)],
    ["id", zone.id],
    ["state", state(zone)],
    ["address", address],
    ["origin", plain(zone.origin)],
    ["created", zone.created],
    ["version", zone.version],
  ]);
  const settings = Object.entries(zone.settings).filter(([name, value]) => isWhole || !isDefault(name, value));
  if (settings.length === 0) return `${about}\n\nAll settings have their default values.`;
  const lines = settings.map(([name, value]) => [name, plain(JSON.stringify(value))] as const);
  return `${about}\n\n${facts(lines)}`;
}

function isDefault(name: string, value: unknown): boolean {
  const defaults = new Map<string, unknown>(Object.entries(DEFAULT_SETTINGS));
  return JSON.stringify(defaults.get(name)) === JSON.stringify(value);
}

function warn(cli: Cli, { warnings = [] }: Zone): void {
  if (!cli.json) for (const warning of warnings) note(coloured("yellow", `warning: ${plain(warning)}`));
}

function state({ active, mode }: Zone): string {
  return `${active ? "active" : "paused"}${mode === "test" ? ", test" : ""}`;
}

function day(time: string): string {
  return time.slice(0, 10);
}
