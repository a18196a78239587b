import { answerOf, everyPage } from "../calls.ts";
import type { Schemas } from "../cli.ts";
import { cliOf, command, group } from "../command.ts";
import { coloured, confirm, facts, table } from "../terminal.ts";

type Hostname = Schemas["Hostname"];

/** `rescdn hosts`. */
export function hosts() {
  return group("hosts", "Hostnames of your own that lead to a zone")
    .addCommand(list())
    .addCommand(add())
    .addCommand(looked("show", "Show where a hostname stands, and what is left to do"))
    .addCommand(looked("check", "Look at once for the proof that a hostname is yours"))
    .addCommand(remove());
}

const list = () =>
  command("ls", "List a zone's hostnames", "rescdn hosts ls my-assets")
    .argument("<zone>", "name or id")
    .action(async (id, options) => {
      const cli = cliOf(options);
      const client = await cli.rescdn();
      const found = await everyPage(async (cursor) => {
        const query = { limit: 100, ...(cursor !== undefined && { cursor }) };
        const call = client.GET("/v1/zones/{id}/hostnames", { params: { path: { id }, query } });
        const { hostnames, next_cursor } = await answerOf(call);
        return { items: hostnames, next: next_cursor };
      });
      cli.show(found, (all) =>
        table(
          ["hostname", "state", "since", "certificate", "leads to"],
          all.map((one) => [one.hostname, one.state, one.since, one.certificate.state, one.target]),
        ),
      );
    });

const add = () =>
  command("add", "Claim a hostname for a zone", "rescdn hosts add my-assets cdn.example.com")
    .argument("<zone>", "name or id")
    .argument("<hostname>")
    .action(async (id, hostname, options) => {
      const cli = cliOf(options);
      const at = { params: { path: { id } }, body: { hostname } };
      cli.show(await answerOf((await cli.rescdn()).POST("/v1/zones/{id}/hostnames", at)), described);
    });

const looked = (name: "show" | "check", summary: string) =>
  command(name, summary, `rescdn hosts ${name} my-assets cdn.example.com`)
    .argument("<zone>", "name or id")
    .argument("<hostname>")
    .action(async (id, hostname, options) => {
      const cli = cliOf(options);
      const client = await cli.rescdn();
      const at = { params: { path: { id, hostname } } };
      const call =
        name === "show"
          ? client.GET("/v1/zones/{id}/hostnames/{hostname}", at)
          : client.POST("/v1/zones/{id}/hostnames/{hostname}/check", at);
      cli.show(await answerOf(call), described);
    });

const remove = () =>
  command("rm", "Stop serving a hostname", "rescdn hosts rm my-assets cdn.example.com --yes")
    .argument("<zone>", "name or id")
    .argument("<hostname>")
    .option("--yes", "do not ask")
    .action(async (id, hostname, options) => {
      const cli = cliOf(options);
      await confirm(`Stop serving ${hostname}?`, options.yes);
      const at = { params: { path: { id, hostname } } };
      await answerOf((await cli.rescdn()).DELETE("/v1/zones/{id}/hostnames/{hostname}", at));
      cli.show({ deleted: hostname }, () => `${hostname} is no longer served.`);
    });

function described(one: Hostname): string {
  const { proof, certificate } = one;
  const about = facts([
    ["hostname", coloured("bold", one.hostname)],
    ["state", one.reason === null ? one.state : `${one.state}: ${one.reason}`],
    ["since", one.since],
    ["certificate", certificate.reason === null ? certificate.state : `${certificate.state}: ${certificate.reason}`],
    ["next check", one.next_check],
  ]);
  if (one.state === "active") return about;
  return `${about}

1. Prove that it is yours, with this DNS record:
   ${proof.name}  TXT  "${proof.value}"
2. Then point it here:
   ${one.hostname}  CNAME  ${one.target}`;
}
