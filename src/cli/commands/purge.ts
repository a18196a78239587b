import { setTimeout as wait } from "node:timers/promises";
import { answerOf } from "../calls.ts";
import type { Cli, Schemas } from "../cli.ts";
import { cliOf, command } from "../command.ts";
import { Failed, misused } from "../failed.ts";
import { collected, standardInput } from "../input.ts";
import { coloured, progress } from "../terminal.ts";
import { urlOf, zoneOfHost } from "../zone-of-url.ts";

type Order = Schemas["PurgeOrder"];

/** The most paths that the API accepts at once. */
const PATHS_AT_ONCE = 1_000;
/** How long from one look to the next: at first, and at most. */
const LOOK_MS = 250;
const LONGEST_LOOK_MS = 4_000;
/** How long to wait for a purge. */
const PATIENCE_MS = 120_000;

/** `rescdn purge`. */
export const purge = () =>
  command(
    "purge",
    "Purge what is stored: by URL, path, prefix or tag, or everything of a zone",
    "rescdn purge https://my-assets.rescdn.io/app.css --wait",
    "rescdn purge my-assets /app.css '/img/*'",
    "rescdn purge my-assets --tag release-41 --soft",
    "git diff --name-only HEAD~1 -- public | sed 's,^public,,' | rescdn purge my-assets -",
  )
    .argument("<zone|url...>", "URLs; or a zone, and paths of it; - reads lines from the standard input")
    .option("--prefix <path>", "all paths that begin with this; may be given several times", collected)
    .option("--tag <tag>", "everything with this Cache-Tag; may be given several times", collected)
    .option("--everything", "everything in the zone")
    .option("--soft", "make it stale instead of removing it: it is served where stale answers are allowed")
    .option("--wait", "until it is published: every location learns of it within seconds")
    .action(async (targets, options) => {
      const cli = cliOf(options);
      const orders = await ordersOf(cli, await withInput(targets), options);
      const client = await cli.rescdn();
      const purged: Schemas["Purged"][] = [];
      for (const [index, order] of orders.entries()) {
        if (orders.length > 1) progress(`purging: ${index} of ${orders.length}…`);
        purged.push(await answerOf(client.POST("/v1/purge", { body: order })));
      }
      if (options.wait) for (const { id } of purged) await published(cli, id);
      cli.show(purged, () => purged.map((one, index) => sentence(orders[index]!.zone, one, options.wait)).join("\n"));
    });

async function withInput(targets: readonly string[]): Promise<string[]> {
  if (!targets.includes("-")) return [...targets];
  const lines = (await standardInput()).split("\n").map((line) => line.trim());
  return targets.flatMap((target) => (target === "-" ? lines.filter((line) => line !== "") : [target]));
}

interface Kinds {
  prefix?: string[] | undefined;
  tag?: string[] | undefined;
  everything?: true | undefined;
  soft?: true | undefined;
}

async function ordersOf(
  cli: Cli,
  targets: readonly string[],
  { prefix, tag, everything, soft }: Kinds,
): Promise<Order[]> {
  const how = { ...(soft && { soft }) };
  const others = { ...(prefix && { prefixes: prefix }), ...(tag && { tags: tag }), ...(everything && { everything }) };
  const hasOthers = Object.keys(others).length > 0;
  const [first, ...paths] = targets;
  if (first === undefined) throw misused("the standard input names nothing to purge");
  if (!/^https?:\/\//i.test(first)) {
    if (paths.length === 0 && !hasOthers)
      throw misused(
        `what should be purged of ${first}?`,
        `name paths (rescdn purge ${first} /app.css), --prefix, --tag or --everything`,
      );
    return [
      ...cut(paths).map((some) => ({ zone: first, paths: some, ...how })),
      ...(hasOthers ? [{ zone: first, ...others, ...how }] : []),
    ];
  }
  if (hasOthers)
    throw misused(
      "--prefix, --tag and --everything need a zone",
      "name it instead of URLs: rescdn purge my-assets --tag …",
    );
  const client = await cli.rescdn();
  const byHost = Map.groupBy(targets, (text) => urlOf(text).hostname);
  const orders: Order[] = [];
  for (const [host, urls] of byHost) {
    const { name } = await zoneOfHost(client, host);
    const paths = urls.map((text) => pathOf(urlOf(text)));
    orders.push(...cut(paths).map((some) => ({ zone: name, paths: some, ...how })));
  }
  return orders;
}

function pathOf({ pathname, search }: URL): string {
  return pathname + search;
}

function cut(paths: readonly string[]): string[][] {
  const parts = Math.ceil(paths.length / PATHS_AT_ONCE);
  return Array.from({ length: parts }, (_, part) => paths.slice(part * PATHS_AT_ONCE, (part + 1) * PATHS_AT_ONCE));
}

/** Waits until a purge is published. */
async function published(cli: Cli, id: string): Promise<void> {
  const client = await cli.rescdn();
  const end = Date.now() + PATIENCE_MS;
  for (let pause = LOOK_MS; Date.now() < end; pause = Math.min(pause * 1.5, LONGEST_LOOK_MS)) {
    const { state } = await answerOf(client.GET("/v1/purges/{id}", { params: { path: { id } } }));
    if (state === "published") return;
    progress(`purge ${id}: ${state}…`);
    await wait(pause);
  }
  throw new Failed(`the purge ${id} is not published yet, after two minutes`, {
    hint: `it goes on by itself: rescdn api GET /v1/purges/${id} shows its state`,
  });
}

function sentence(
  zone: string,
  { id, soft, everything, paths, prefixes, tags }: Schemas["Purged"],
  isPublished?: boolean,
): string {
  const counted = [count(paths, "path"), count(prefixes, "prefix"), count(tags, "tag")].filter(Boolean).join(", ");
  const what = everything ? "everything" : counted;
  const how = soft ? "Made stale" : "Purged";
  return `${how} in ${coloured("bold", zone)}: ${what} (${id}${isPublished ? ", published" : ""}).`;
}

function count({ length }: readonly string[], thing: string): string {
  return length === 0 ? "" : `${length} ${length === 1 ? thing : thing.replace(/x$/, "xe").concat("s")}`;
}
