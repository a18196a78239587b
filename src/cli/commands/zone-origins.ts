import { answerOf } from "../calls.ts";
import type { Schemas } from "../cli.ts";
import { cliOf, command } from "../command.ts";
import { coloured, facts, plain, table } from "../terminal.ts";

type Health = Schemas["OriginHealthList"];
type Origin = Health["origins"][number];

/** `rescdn zones origins`. */
export const origins = () =>
  command(
    "origins",
    "Show which of a zone's origins is asked, and why",
    "rescdn zones origins my-assets",
    "rescdn zones origins my-assets --json",
  )
    .argument("<zone>", "name or id")
    .action(async (id, options) => {
      const cli = cliOf(options);
      const client = await cli.rescdn();
      const health = await answerOf(client.GET("/v1/zones/{id}/origins/health", { params: { path: { id } } }));
      cli.show(health, told);
    });

function told({ location, at, upper_tier: tier, checked, origins: all }: Health): string {
  const said = facts([
    ["said by", tier ? `${location}; on a miss the upper tier asks, and learns for itself` : location],
    ["at", at],
    ["checked", checked ?? "never"],
  ]);
  const rows = all.map((origin) => [
    origin.name ?? "the only one",
    origin.asked,
    origin.down ? coloured("red", "down") : "up",
    sinceOf(origin),
    whyOf(origin),
    plain(origin.url),
  ]);
  return `${table(["origin", "asked", "state", "since", "why", "url"], rows)}\n\n${said}`;
}

/** What keeps it down, or else the last report about it: requests are closer to visitors' experience than checks. */
function saying({ by_requests: requests, by_checks: checks }: Origin) {
  return [requests, checks].find((said) => said?.down) ?? requests;
}

function sinceOf(origin: Origin): string | null {
  return saying(origin)?.since ?? null;
}

function whyOf(origin: Origin): string | null {
  const said = saying(origin);
  if (!said?.down) return null;
  const reason = said.word?.word ?? (said.status === null ? "not known" : `answers ${said.status}`);
  return said === origin.by_checks ? `${reason}, by ${origin.by_checks!.failures} checks` : `${reason}, by requests`;
}
