import { refused } from "../calls.ts";
import { type Cli, called, type Schemas } from "../cli.ts";
import { cliOf, command } from "../command.ts";
import { Failed } from "../failed.ts";
import { clearProgress, coloured, note, plain, print, progress } from "../terminal.ts";
import { secondsOf } from "../times.ts";
import { bytes } from "./usage.ts";

/** An event about a request. */
type RequestEvent = Schemas["RequestEvent"];

/** `rescdn tail`. */
export const tail = () =>
  command(
    "tail",
    "Show a zone's requests as they are answered",
    "rescdn tail my-assets",
    "rescdn tail my-assets --status 5xx,404 --cache MISS",
    "rescdn tail my-assets --path '/img/*' --for 10m --json | jq .path",
  )
    .argument("<zone>", "name or id")
    .option("--status <statuses>", "only answers with these statuses: 5xx, 404,410")
    .option("--cache <words>", "only answers with these words in X-Cache: MISS,BYPASS")
    .option("--path <pattern>", "only paths that match; * stands for any run of characters")
    .option("--for <time>", "how long; without it, until Ctrl-C")
    .action(async (id, options) => {
      const cli = cliOf(options);
      const url = new URL(`/v1/zones/${encodeURIComponent(id)}/tail`, await cli.api());
      const until = options.for === undefined ? null : Date.now() + secondsOf(options.for) * 1000;
      for (const name of ["status", "cache", "path"] as const)
        if (options[name] !== undefined) url.searchParams.set(name, options[name]);
      let why = "time-over";
      // The API ends a tail after an hour.
      while (why === "time-over" && (until === null || until > Date.now())) {
        if (until !== null)
          url.searchParams.set(
            "seconds",
            String(Math.max(1, Math.min(3_600, Math.round((until - Date.now()) / 1000)))),
          );
        why = await listen(cli, url);
        if (until !== null && why === "time-over") return;
      }
      throw new Failed(`the tail has ended: ${ENDS[why] ?? why}`);
    });

const ENDS: Record<string, string> = {
  "not-allowed-any-more": "your key is no longer valid",
  "zone-deleted": "the zone is deleted",
  "server-stops": "the server is stopping",
  lost: "the connection broke off",
};

/** Shows what arrives, and returns why it ended. */
async function listen(cli: Cli, url: URL): Promise<string> {
  const headers = { accept: "text/event-stream", "x-rescdn-key": await cli.key("rescdn") };
  const answer = await called(new Request(url, { headers }));
  if (!answer.ok || answer.body === null) throw refused(await answer.json().catch(() => null), answer);
  const { EventSourceParserStream } = await import("eventsource-parser/stream");
  const events = answer.body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
  try {
    for await (const { event, data } of events) {
      const said = JSON.parse(data) as unknown;
      if (event === "open") progress("Listening… Ctrl-C ends it.");
      if (event === "request") show(cli, said as RequestEvent);
      if (event === "omitted") note(`${(said as { count: number }).count} more were too many to show.`);
      if (event === "end") return (said as { reason: string }).reason;
    }
  } catch (error) {
    if (error instanceof SyntaxError) throw error;
  }
  return "lost";
}

function show(cli: Cli, one: RequestEvent): void {
  clearProgress();
  print(cli.json ? JSON.stringify(one) : line(one));
}

function line(one: RequestEvent): string {
  const status = coloured(one.status >= 500 ? "red" : one.status >= 400 ? "yellow" : "green", String(one.status));
  const cache = coloured(one.cache === "HIT" ? "green" : "yellow", one.cache.padEnd(11));
  const figures = `${`${one.ms} ms`.padStart(8)} ${bytes(one.bytes).padStart(8)}`;
  const reason = one.detail === null ? "" : coloured("dim", ` (${plain(one.detail)})`);
  return `${one.time.slice(11, 23)} ${one.location} ${status} ${cache} ${figures}  ${plain(one.method)} ${plain(one.path + one.query)}${reason}`;
}
