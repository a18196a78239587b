import { Option } from "@commander-js/extra-typings";
import { answerOf, everyNumberedPage } from "../calls.ts";
import type { RecordSchemas } from "../cli.ts";
import { cliOf, command, group } from "../command.ts";
import { confirm, facts, note, plain, table } from "../terminal.ts";
import { expiryOf } from "../times.ts";

type Namespace = RecordSchemas["Namespace"];

/** `rescdn namespaces`. */
export function namespaces() {
  return group("namespaces", "Namespaces of records, public or private")
    .addCommand(list())
    .addCommand(create())
    .addCommand(show())
    .addCommand(visible("publish", "Let anybody read a namespace's names", "public"))
    .addCommand(visible("hide", "Let a namespace's names be read only with a query token", "private"))
    .addCommand(remove())
    .addCommand(tokens());
}

const list = () =>
  command("ls", "List your namespaces", "rescdn namespaces ls").action(async (options) => {
    const cli = cliOf(options);
    const client = await cli.resolvedb();
    const found = await everyNumberedPage(async (page) => {
      const { namespaces, meta } = await answerOf(
        client.GET("/api/v1/namespaces", { params: { query: { page, per_page: 100 } } }),
      );
      return { items: namespaces, pages: meta.total_pages };
    });
    cli.show(found, (all) =>
      table(
        ["name", "visibility", "records", "created"],
        all.map((one) => [one.name, one.visibility, one.records_count, one.created_at]),
      ),
    );
  });

const create = () =>
  command("create", "Make a namespace yours", "rescdn namespaces create myapp --private")
    .argument("<name>")
    .addOption(new Option("--private", "its names are read only with a query token"))
    .action(async (name, options) => {
      const cli = cliOf(options);
      const body = { namespace: { name, ...(options.private && { visibility: "private" as const }) } };
      const { namespace } = await answerOf((await cli.resolvedb()).POST("/api/v1/namespaces", { body }));
      cli.show(namespace, described);
    });

const show = () =>
  command("show", "Show a namespace", "rescdn namespaces show myapp")
    .argument("<name>")
    .action(async (name, options) => {
      const cli = cliOf(options);
      const at = { params: { path: { name } } };
      cli.show((await answerOf((await cli.resolvedb()).GET("/api/v1/namespaces/{name}", at))).namespace, described);
    });

const visible = (verb: "publish" | "hide", summary: string, visibility: Namespace["visibility"]) =>
  command(verb, summary, `rescdn namespaces ${verb} myapp`)
    .argument("<name>")
    .action(async (name, options) => {
      const cli = cliOf(options);
      const at = { params: { path: { name } }, body: { namespace: { visibility } } };
      cli.show((await answerOf((await cli.resolvedb()).PATCH("/api/v1/namespaces/{name}", at))).namespace, described);
    });

const remove = () =>
  command("rm", "Give up a namespace", "rescdn namespaces rm myapp --yes")
    .argument("<name>")
    .option("--yes", "do not ask")
    .action(async (name, options) => {
      const cli = cliOf(options);
      await confirm(`Delete the namespace ${name}?`, options.yes);
      await answerOf((await cli.resolvedb()).DELETE("/api/v1/namespaces/{name}", { params: { path: { name } } }));
      cli.show({ deleted: name }, () => `Deleted ${name}.`);
    });

function tokens() {
  return group("tokens", "Query tokens, with which the names of a private namespace are read")
    .addCommand(
      command("ls", "List a namespace's query tokens", "rescdn namespaces tokens ls myapp")
        .argument("<namespace>")
        .action(async (name, options) => {
          const cli = cliOf(options);
          const call = (await cli.resolvedb()).GET("/api/v1/namespaces/{name}/query_tokens", {
            params: { path: { name } },
          });
          cli.show((await answerOf(call)).query_tokens, (all) =>
            table(
              ["id", "name", "begins", "expires"],
              all.map((one) => [one.id, plain(one.name), one.prefix, one.expires_at ?? "never"]),
            ),
          );
        }),
    )
    .addCommand(
      command(
        "create",
        "Make a query token; it is shown this once",
        "rescdn namespaces tokens create myapp servers --expires 90d",
      )
        .argument("<namespace>")
        .argument("<name>", "of what will use it")
        .option("--expires <when>", "a date, a time, or 90d from now", "never")
        .action(async (name, label, options) => {
          const cli = cliOf(options);
          const query_token = { name: label, expires_at: expiryOf(options.expires, Date.now()) };
          const at = { params: { path: { name } }, body: { query_token } };
          const made = await answerOf((await cli.resolvedb()).POST("/api/v1/namespaces/{name}/query_tokens", at));
          cli.show(made.query_token, ({ label }) => label);
          if (!cli.json)
            note(
              `It is shown only this once. In a name, it comes after the operation: get.${made.query_token.label}.<key>.resolvedb.net`,
            );
        }),
    )
    .addCommand(
      command("revoke", "Revoke a query token", "rescdn namespaces tokens revoke myapp qt_abc123 --yes")
        .argument("<namespace>")
        .argument("<id>")
        .option("--yes", "do not ask")
        .action(async (name, id, options) => {
          const cli = cliOf(options);
          await confirm(
            `Revoke the query token ${id}? Programs that read with it are refused from then on.`,
            options.yes,
          );
          const at = { params: { path: { name, id } } };
          await answerOf((await cli.resolvedb()).DELETE("/api/v1/namespaces/{name}/query_tokens/{id}", at));
          cli.show({ revoked: id }, () => `Revoked ${id}.`);
        }),
    );
}

function described(one: Namespace): string {
  return facts([
    ["name", one.name],
    ["visibility", one.visibility],
    ["records", one.records_count],
    ["created", one.created_at],
  ]);
}
