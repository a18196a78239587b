import { refused } from "../calls.ts";
import { called, type Schemas } from "../cli.ts";
import { cliOf, command } from "../command.ts";
import { collected } from "../input.ts";
import { coloured, facts, plain } from "../terminal.ts";
import { urlOf } from "../zone-of-url.ts";

type Why = Schemas["Why"];

/** `rescdn why`. */
export const why = () =>
  command(
    "why",
    "Say what the edge does with a request, why, and what to do about it",
    "rescdn why https://my-assets.rescdn.io/app.css",
    "rescdn why https://my-assets.rescdn.io/app.css --ask-origin",
    "rescdn why https://my-assets.rescdn.io/ --header 'Accept-Language: de' --country DE",
  )
    .argument("<url>", "of one of your zones")
    .option("--method <method>", "the method of the request", "GET")
    .option("--header <field>", "a field of the request; may be given several times", collected)
    .option("--address <address>", "the client's; without it, yours")
    .option("--country <code>", "the client's: two capital letters")
    .option("--ask-origin", "ask the origin as well, and say whether its answer is stored")
    .action(async (text, options) => {
      const cli = cliOf(options);
      const url = new URL("/v1/why", await cli.api());
      url.searchParams.set("url", urlOf(text).href);
      url.searchParams.set("method", options.method.toUpperCase());
      for (const field of options.header ?? []) url.searchParams.append("header", field);
      if (options.address !== undefined) url.searchParams.set("address", options.address);
      if (options.country !== undefined) url.searchParams.set("country", options.country);
      if (options.askOrigin) url.searchParams.set("ask_origin", "true");
      const answer = await called(new Request(url, { headers: { "x-rescdn-key": await cli.key("rescdn") } }));
      const report: unknown = await answer.json().catch(() => null);
      if (!answer.ok) throw refused(report, answer);
      cli.show(report as Why, told);
    });

/** The API's text about its own parameters, in this command's terms. */
function here(line: string): string {
  return line.replace("ask_origin=true", "--ask-origin");
}

function told({ summary, story, zone, decision, origin }: Why): string {
  const words = [decision.word, origin?.failure, origin?.verdict?.word].filter(
    (word) => word !== null && word !== undefined,
  );
  return [
    coloured("bold", plain(summary)),
    story
      .filter((line) => line !== summary)
      .map((line) => `  ${plain(here(line))}`)
      .join("\n"),
    facts([
      ["zone", zone.name],
      ["Cache-Status", plain(decision.cache_status)],
    ]),
    ...words.map(({ word, means, cure }) => `${coloured("yellow", word)}: ${means}\n${coloured("dim", "→")} ${cure}`),
  ].join("\n\n");
}
