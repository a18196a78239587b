import { answerOf, everyNumberedPage } from "../calls.ts";
import type { RecordSchemas } from "../cli.ts";
import { cliOf, command, group } from "../command.ts";
import { confirm, facts, note, plain, table } from "../terminal.ts";

type Webhook = RecordSchemas["Webhook"];
type Event = Webhook["events"][number];

/** `rescdn webhooks`. */
export function webhooks() {
  return group("webhooks", "Webhooks: calls to a server of yours when something changes")
    .addCommand(list())
    .addCommand(events())
    .addCommand(create())
    .addCommand(show())
    .addCommand(set())
    .addCommand(remove())
    .addCommand(test())
    .addCommand(rotate())
    .addCommand(deliveries())
    .addCommand(retry());
}

const list = () =>
  command("ls", "List your webhooks", "rescdn webhooks ls").action(async (options) => {
    const cli = cliOf(options);
    const client = await cli.resolvedb();
    const found = await everyNumberedPage(async (page) => {
      const query = { page, per_page: 100 };
      const { webhooks, meta } = await answerOf(client.GET("/api/v1/webhooks", { params: { query } }));
      return { items: webhooks, pages: meta.total_pages };
    });
    cli.show(found, (all) =>
      table(
        ["id", "url", "events", "state", "last"],
        all.map((one) => [one.id, plain(one.url), one.events.length, stateOf(one), lastOf(one)]),
      ),
    );
  });

const events = () =>
  command("events", "List the events that webhooks can send", "rescdn webhooks events").action(async (options) => {
    const cli = cliOf(options);
    const { events } = await answerOf((await cli.resolvedb()).GET("/api/v1/webhooks/events"));
    cli.show(events, (all) =>
      table(
        ["event", "when"],
        all.map(({ name, description }) => [name, description]),
      ),
    );
  });

const create = () =>
  command(
    "create",
    "Make a webhook; its signing secret is shown this once",
    "rescdn webhooks create https://example.com/hook --event record.upserted",
  )
    .argument("<url>", "of your server")
    .option("--event <event...>", "the events that it sends; without it, all")
    .action(async (url, options) => {
      const cli = cliOf(options);
      const webhook = { url, ...(options.event !== undefined && { events: options.event as Event[] }) };
      const made = await answerOf((await cli.resolvedb()).POST("/api/v1/webhooks", { body: { webhook } }));
      cli.show(made.webhook, ({ secret }) => secret);
      if (!cli.json) note(`The signing secret of ${made.webhook.id} is shown only this once.`);
    });

const show = () =>
  command("show", "Show a webhook", "rescdn webhooks show wh_abc123")
    .argument("<id>")
    .action(async (id, options) => {
      const cli = cliOf(options);
      const at = { params: { path: { id } } };
      cli.show((await answerOf((await cli.resolvedb()).GET("/api/v1/webhooks/{id}", at))).webhook, described);
    });

const set = () =>
  command(
    "set",
    "Change a webhook",
    "rescdn webhooks set wh_abc123 --disable",
    "rescdn webhooks set wh_abc123 --url https://example.com/new",
  )
    .argument("<id>")
    .option("--url <url>", "of your server")
    .option("--event <event...>", "the events that it sends")
    .option("--enable", "send again")
    .option("--disable", "send nothing")
    .action(async (id, options) => {
      const cli = cliOf(options);
      const webhook = {
        ...(options.url !== undefined && { url: options.url }),
        ...(options.event !== undefined && { events: options.event as Event[] }),
        ...(options.enable && { enabled: true }),
        ...(options.disable && { enabled: false }),
      };
      const at = { params: { path: { id } }, body: { webhook } };
      cli.show((await answerOf((await cli.resolvedb()).PATCH("/api/v1/webhooks/{id}", at))).webhook, described);
    });

const remove = () =>
  command("rm", "Delete a webhook", "rescdn webhooks rm wh_abc123 --yes")
    .argument("<id>")
    .option("--yes", "do not ask")
    .action(async (id, options) => {
      const cli = cliOf(options);
      await confirm(`Delete the webhook ${id}, with what it has not sent yet?`, options.yes);
      await answerOf((await cli.resolvedb()).DELETE("/api/v1/webhooks/{id}", { params: { path: { id } } }));
      cli.show({ deleted: id }, () => `Deleted ${id}.`);
    });

const test = () =>
  command("test", "Send a webhook something to try it", "rescdn webhooks test wh_abc123")
    .argument("<id>")
    .action(async (id, options) => {
      const cli = cliOf(options);
      const call = (await cli.resolvedb()).POST("/api/v1/webhooks/{id}/test", { params: { path: { id } } });
      cli.show(
        (await answerOf(call)).delivery,
        (one) => `${one.id} is on its way: rescdn webhooks deliveries ${id} shows the result.`,
      );
    });

const rotate = () =>
  command(
    "rotate-secret",
    "Make a new signing secret, which is shown this once",
    "rescdn webhooks rotate-secret wh_abc123 --yes",
  )
    .argument("<id>")
    .option("--yes", "do not ask")
    .action(async (id, options) => {
      const cli = cliOf(options);
      await confirm(`Create a new signing secret for ${id}?`, options.yes);
      const call = (await cli.resolvedb()).POST("/api/v1/webhooks/{id}/rotate_secret", { params: { path: { id } } });
      cli.show((await answerOf(call)).webhook, ({ secret }) => secret);
    });

const deliveries = () =>
  command("deliveries", "What a webhook has sent, and what came of it", "rescdn webhooks deliveries wh_abc123")
    .argument("<id>")
    .action(async (id, options) => {
      const cli = cliOf(options);
      const query = { page: 1, per_page: 100 };
      const call = (await cli.resolvedb()).GET("/api/v1/webhooks/{id}/deliveries", { params: { path: { id }, query } });
      cli.show((await answerOf(call)).deliveries, (all) =>
        table(
          ["id", "event", "status", "tries", "answered", "reason", "last try"],
          all.map((one) => [
            one.id,
            one.event,
            one.status,
            one.attempts,
            one.response_status,
            one.reason && plain(one.reason),
            one.last_attempt_at,
          ]),
        ),
      );
    });

const retry = () =>
  command("retry", "Send again what was not delivered", "rescdn webhooks retry wh_abc123 dlv_abc123")
    .argument("<id>")
    .argument("<delivery>")
    .action(async (id, delivery, options) => {
      const cli = cliOf(options);
      const at = { params: { path: { id, delivery } } };
      const call = (await cli.resolvedb()).POST("/api/v1/webhooks/{id}/deliveries/{delivery}/retry", at);
      cli.show((await answerOf(call)).delivery, (one) => `${one.id} is on its way again.`);
    });

function described(one: Webhook): string {
  return facts([
    ["id", one.id],
    ["url", plain(one.url)],
    ["events", one.events.join(", ")],
    ["state", stateOf(one)],
    ["last", lastOf(one)],
    ["created", one.created_at],
  ]);
}

function stateOf({ enabled, disabled_reason: reason, failing_since: since }: Webhook): string {
  if (!enabled) return reason === null ? "disabled" : `disabled: ${reason}`;
  return since === null ? "enabled" : `failing since ${since}`;
}

function lastOf({ last_result: last }: Webhook): string {
  if (last === null) return "-";
  return `${last.delivered ? "delivered" : `failed: ${plain(last.reason ?? "")}`} ${last.at}`;
}
