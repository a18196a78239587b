import { answerOf } from "../calls.ts";
import type { Schemas } from "../cli.ts";
import { cliOf, command } from "../command.ts";
import { misused } from "../failed.ts";
import { wholeNumber } from "../input.ts";
import { plain, progress, table } from "../terminal.ts";

type Query = { action?: Action; target?: string; actor?: string; from?: string; to?: string };
type Action = NonNullable<NonNullable<AuditQuery>["action"]>;
type AuditQuery = import("../../../dist/api-types/rescdn.d.ts").paths["/v1/audit"]["get"]["parameters"]["query"];

/** `rescdn audit`. */
export const audit = () =>
  command(
    "audit",
    "Who changed what, and when: the newest first",
    "rescdn audit",
    "rescdn audit --action zone.update --from 2026-11-01 --limit 500",
  )
    .option("--action <action>", "such as zone.update or key.create")
    .option("--target <id>", "what was changed")
    .option("--actor <id>", "who changed it")
    .option("--from <time>", "a date or a time")
    .option("--to <time>", "a date or a time")
    .option("--limit <count>", "how many at most", "50")
    .action(async (options) => {
      const cli = cliOf(options);
      const client = await cli.rescdn();
      const limit = wholeNumber(options.limit);
      if (limit === 0) throw misused("--limit 0 asks for nothing");
      const { action, target, actor, from, to } = options;
      const query: Query = {
        // The API knows which actions there are.
        ...(action !== undefined && { action: action as Action }),
        ...(target !== undefined && { target }),
        ...(actor !== undefined && { actor }),
        ...(from !== undefined && { from }),
        ...(to !== undefined && { to }),
      };
      const changes: Schemas["Change"][] = [];
      for (let cursor: string | null | undefined; changes.length < limit && cursor !== null; ) {
        const page = { limit: Math.min(100, limit - changes.length), ...(cursor !== undefined && { cursor }) };
        const answer = await answerOf(client.GET("/v1/audit", { params: { query: { ...query, ...page } } }));
        changes.push(...answer.changes);
        cursor = answer.next_cursor;
        progress(`${changes.length} so far…`);
      }
      cli.show(changes, (all) =>
        table(
          ["at", "action", "target", "by", "from"],
          all.map((one) => [one.at, one.action, plain(one.target), plain(one.actor_name ?? one.actor), one.address]),
        ),
      );
    });
