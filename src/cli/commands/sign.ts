import { answerOf } from "../calls.ts";
import { cliOf, command, group } from "../command.ts";
import { confirm, note, table } from "../terminal.ts";
import { secondsOf } from "../times.ts";
import { addressOf, urlOf, zoneOfHost } from "../zone-of-url.ts";

/** `rescdn sign`. */
export const sign = () =>
  command(
    "sign",
    "Sign a URL, so that it works for some time where a signature is required",
    "rescdn sign https://my-assets.rescdn.io/films/a.mp4 --expires-in 6h",
    "rescdn sign https://my-assets.rescdn.io/hls/index.m3u8 --token-path /hls/ --as-path",
  )
    .argument("<url>", "of one of your zones")
    .option("--expires-in <time>", "how long it works", "1h")
    .option("--token-path <path>", "make it work for all paths that begin with this one")
    .option("--country <country...>", "the only countries where it works")
    .option("--blocked-country <country...>", "countries where it does not work")
    .option("--address <address>", "the only client for which it works")
    .option("--ignore-params", "let other parameters be added")
    .option("--as-path", "put the token into the path, for playlists with relative references")
    .option("--key <id>", "the signing key; without it, the newest")
    .action(async (text, options) => {
      const cli = cliOf(options);
      const client = await cli.rescdn();
      const url = urlOf(text);
      const zone = await zoneOfHost(client, url.hostname);
      const body = {
        path: url.pathname + url.search,
        expires_in: secondsOf(options.expiresIn),
        ...(options.tokenPath !== undefined && { token_path: options.tokenPath }),
        ...(options.country !== undefined && { countries: options.country }),
        ...(options.blockedCountry !== undefined && { countries_blocked: options.blockedCountry }),
        ...(options.address !== undefined && { address: options.address }),
        ...(options.ignoreParams && { ignore_params: true }),
        ...(options.asPath && { form: "path" as const }),
        ...(options.key !== undefined && { key: options.key }),
      };
      const signed = await answerOf(client.POST("/v1/zones/{id}/sign", { params: { path: { id: zone.id } }, body }));
      const { pathname, search } = new URL(signed.url);
      const isOwnName = zone.subdomain === url.hostname || addressOf(zone.subdomain, await cli.api()) === url.origin;
      // The signature does not cover the host.
      cli.show(isOwnName ? signed : { ...signed, url: url.origin + pathname + search }, (shown) =>
        url.protocol === "http:" ? url.origin + pathname + search : shown.url,
      );
    });

/** `rescdn signing-keys`. */
export function signingKeys() {
  return group("signing-keys", "The keys that a zone's URLs are signed with")
    .addCommand(
      command("ls", "List a zone's signing keys", "rescdn signing-keys ls my-assets")
        .argument("<zone>", "name or id")
        .action(async (id, options) => {
          const cli = cliOf(options);
          const call = (await cli.rescdn()).GET("/v1/zones/{id}/signing-keys", { params: { path: { id } } });
          cli.show((await answerOf(call)).signing_keys, (keys) =>
            table(
              ["id", "created"],
              keys.map(({ id, created }) => [id, created]),
            ),
          );
        }),
    )
    .addCommand(
      command("create", "Make a signing key; it is shown this once", "rescdn signing-keys create my-assets")
        .argument("<zone>", "name or id")
        .action(async (id, options) => {
          const cli = cliOf(options);
          const at = { params: { path: { id } }, body: {} };
          const made = await answerOf((await cli.rescdn()).POST("/v1/zones/{id}/signing-keys", at));
          cli.show(made, ({ key }) => key);
          if (!cli.json) note(`${made.id} is shown only this once: store it where your signer finds it.`);
        }),
    )
    .addCommand(
      command(
        "rm",
        "Delete a signing key: what it has signed stops working",
        "rescdn signing-keys rm my-assets sk_abc123 --yes",
      )
        .argument("<zone>", "name or id")
        .argument("<id>")
        .option("--yes", "do not ask")
        .action(async (id, key, options) => {
          const cli = cliOf(options);
          await confirm(`Delete the signing key ${key}? What it has signed stops working.`, options.yes);
          await answerOf(
            (await cli.rescdn()).DELETE("/v1/zones/{id}/signing-keys/{key}", { params: { path: { id, key } } }),
          );
          cli.show({ deleted: key }, () => `Deleted ${key}.`);
        }),
    );
}
