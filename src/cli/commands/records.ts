import { setTimeout as wait } from "node:timers/promises";
import type { Client } from "openapi-fetch";
import type { paths } from "../../../dist/api-types/resolvedb.d.ts";
import { answerOf, everyNumberedPage } from "../calls.ts";
import type { RecordSchemas } from "../cli.ts";
import { cliOf, command, group } from "../command.ts";
import { Failed, misused } from "../failed.ts";
import { bytesOf } from "../input.ts";
import { coloured, confirm, note, plain, print, table } from "../terminal.ts";
import { secondsOf } from "../times.ts";

type Record = RecordSchemas["Record"];

/** `rescdn records`. */
export function records() {
  return group("records", "Records of ResolveDB: small data, read as DNS names")
    .addCommand(list())
    .addCommand(get())
    .addCommand(put())
    .addCommand(remove())
    .addCommand(watch());
}

const KEY = "resource.namespace.version, such as config.myapp.v1; or the record's id";

const list = () =>
  command("ls", "List records", "rescdn records ls", "rescdn records ls --namespace myapp")
    .option("--namespace <name>", "those of one namespace")
    .option("--resource <name>", "those of one resource")
    .action(async (options) => {
      const cli = cliOf(options);
      const found = await allRecords(await cli.resolvedb(), options);
      cli.show(found, (all) =>
        table(
          ["key", "id", "ttl", "bytes", "updated"],
          all.map((one) => [one.key, one.id, one.ttl, Buffer.byteLength(one.data, "base64"), one.updated_at]),
        ),
      );
    });

const get = () =>
  command(
    "get",
    "Print what a record holds",
    "rescdn records get config.myapp.v1",
    "rescdn records get config.myapp.v1 | jq .",
  )
    .argument("<key>", KEY)
    .action(async (key, options) => {
      const cli = cliOf(options);
      const record = await recordOf(await cli.resolvedb(), key);
      if (cli.json) return cli.show(record, ({ key }) => key);
      writeData(record);
    });

const put = () =>
  command(
    "put",
    "Store a record, or change it",
    `rescdn records put config.myapp.v1 '{"theme":"dark"}' --ttl 5m`,
    "rescdn records put config.myapp.v1 @config.json",
    "date | rescdn records put clock.myapp.v1 -",
  )
    .argument("<key>", KEY)
    .argument("<data>", "what it holds; @file reads a file, - the standard input")
    .option("--ttl <time>", "how long it may be cached, such as 300 or 5m")
    .action(async (key, argument, options) => {
      const cli = cliOf(options);
      const client = await cli.resolvedb();
      const data = Buffer.from(await bytesOf(argument)).toString("base64");
      const change = { data, ...(options.ttl !== undefined && { ttl: secondsOf(options.ttl) }) };
      const known = await findRecord(client, key);
      if (known !== null) {
        const at = { params: { path: { id: known.id } }, body: { record: change } };
        const { record } = await answerOf(client.PATCH("/api/v1/records/{id}", at));
        return cli.show(record, () => `Changed ${coloured("bold", record.key)} (${record.id}).`);
      }
      const { record } = await answerOf(client.POST("/api/v1/records", { body: { record: { key, ...change } } }));
      cli.show(record, () => `Stored ${coloured("bold", record.key)} (${record.id}). Its name: ${record.dns_query}`);
    });

const remove = () =>
  command("rm", "Delete a record", "rescdn records rm config.myapp.v1 --yes")
    .argument("<key>", KEY)
    .option("--yes", "do not ask")
    .action(async (key, options) => {
      const cli = cliOf(options);
      const client = await cli.resolvedb();
      const record = await recordOf(client, key);
      await confirm(`Delete the record ${record.key}?`, options.yes);
      await answerOf(client.DELETE("/api/v1/records/{id}", { params: { path: { id: record.id } } }));
      cli.show({ deleted: record.id }, () => `Deleted ${record.key}.`);
    });

const watch = () =>
  command(
    "watch",
    "Print a record now, and each time that it changes",
    "rescdn records watch config.myapp.v1 --every 2s",
  )
    .argument("<key>", KEY)
    .option("--every <time>", "how often it is looked at", "5s")
    .action(async (key, options) => {
      const cli = cliOf(options);
      const client = await cli.resolvedb();
      const pause = secondsOf(options.every) * 1000;
      if (pause < 1000) throw misused("--every is at least 1s");
      let seen: Record | null | undefined;
      for (;;) {
        const record = await findRecord(client, seen?.id ?? key);
        if (record === null ? seen !== null : record.data !== seen?.data || record.ttl !== seen.ttl) {
          if (cli.json) print(JSON.stringify(record));
          else if (record === null) note(`${key} is not there.`);
          else {
            note(coloured("dim", `${record.updated_at}  ${record.key}`));
            writeData(record);
          }
        }
        seen = record;
        await wait(pause);
      }
    });

function writeData({ data }: Record): void {
  const bytes = Buffer.from(data, "base64");
  if (!process.stdout.isTTY) return void process.stdout.write(bytes);
  const text = bytes.toString("utf8").split("\n").map(plain).join("\n");
  print(text);
}

async function recordOf(client: Client<paths>, key: string): Promise<Record> {
  const found = await findRecord(client, key);
  if (found === null) throw new Failed(`there is no record ${key}`, { hint: "rescdn records ls shows your records" });
  return found;
}

/** A record by id or key. Null: there is none. */
async function findRecord(client: Client<paths>, key: string): Promise<Record | null> {
  if (/^rec_/.test(key)) {
    const call = client.GET("/api/v1/records/{id}", { params: { path: { id: key } } });
    const { data, response } = await call;
    if (response.status === 404) return null;
    return data?.record ?? (await answerOf(call)).record;
  }
  const labels = key.toLowerCase().split(".");
  const [resource, namespace, version] = labels.slice(-3);
  if (resource === undefined || namespace === undefined || version === undefined)
    throw misused(`${JSON.stringify(key)} is not the key of a record`, `write ${KEY}`);
  const all = await allRecords(client, { namespace, resource });
  return all.find((record) => record.key === labels.join(".")) ?? null;
}

function allRecords(client: Client<paths>, filter: { namespace?: string | undefined; resource?: string | undefined }) {
  const { namespace, resource } = filter;
  return everyNumberedPage(async (page) => {
    const query = {
      page,
      per_page: 100,
      ...(namespace !== undefined && { namespace }),
      ...(resource !== undefined && { resource }),
    };
    const { records, meta } = await answerOf(client.GET("/api/v1/records", { params: { query } }));
    return { items: records, pages: meta.total_pages };
  });
}
