import { refused } from "../calls.ts";
import { called } from "../cli.ts";
import { cliOf, command } from "../command.ts";
import { misused } from "../failed.ts";
import { bytesOf } from "../input.ts";
import { print } from "../terminal.ts";

/** `rescdn api`. */
export const api = () =>
  command(
    "api",
    "Call the API as it is, with your key",
    "rescdn api GET /v1/zones",
    `rescdn api PATCH /v1/quota --data '{"at_quota":"stop"}'`,
    "rescdn api POST /v1/purge --data @purge.json",
  )
    .argument("<method>")
    .argument("<path>", "such as /v1/zones; what begins with /api/v1 is called with ResolveDB's key")
    .option("--data <json>", "the body; @file reads a file, - the standard input")
    .option("--header <field...>", "such as 'If-Match: \"…\"'")
    .action(async (method, path, options) => {
      const cli = cliOf(options);
      const url = urlOf(path, await cli.api());
      const headers = new Headers((options.header ?? []).map(fieldOf));
      if (path.startsWith("/api/v1")) headers.set("authorization", `Bearer ${await cli.key("resolvedb")}`);
      else headers.set("x-rescdn-key", await cli.key("rescdn"));
      const body = options.data === undefined ? null : await bytesOf(options.data);
      if (body !== null && !headers.has("content-type")) headers.set("content-type", "application/json");
      const answer = await called(requestOf(url, method.toUpperCase(), headers, body as BodyInit | null));
      const text = await answer.text();
      if (!answer.ok) throw refused(asJson(text), answer);
      const json = asJson(text);
      if (text !== "") print(json === undefined ? text : JSON.stringify(json, null, 2));
    });

/** A path may name a host, as //host/path does, but the key is for the API only. */
function urlOf(path: string, api: string): URL {
  const url = path.startsWith("/") ? URL.parse(path, api) : null;
  if (url === null || url.origin !== new URL(api).origin)
    throw misused(`${JSON.stringify(path)} is not a path of the API`, "it must begin with one /, such as /v1/zones");
  return url;
}

/** If the runtime cannot make a request of it, the command was called wrongly. */
function requestOf(url: URL, method: string, headers: Headers, body: BodyInit | null): Request {
  try {
    return new Request(url, { method, headers, body });
  } catch (error) {
    throw misused(`this request is not valid: ${(error as Error).message}`);
  }
}

function fieldOf(field: string): [string, string] {
  // Values may have the characters that HTTP allows there and Headers accepts.
  const [, name, value] = /^([\w!#$%&'*+.^`|~-]+):([\t\x20-\x7e\xa0-\xff]*)$/.exec(field) ?? [];
  if (name === undefined || value === undefined)
    throw misused(`${JSON.stringify(field)} is no header`, "write 'Name: value'");
  return [name, value];
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
