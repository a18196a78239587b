import type { OpenAPIHono } from "@hono/zod-openapi";
import { noteOpenTail } from "../request-log/tail/open-tails.ts";
import type { ListenerRequest, Listening } from "../request-log/tail/tail-listener.ts";
import { LONGEST_SECONDS } from "../request-log/tail/tail-protocol.ts";
import { LISTENER_FIELD } from "../request-log/tail/zone-tail.ts";
import type { RestContext, RestEnv } from "../rest/context.ts";
import { Problem } from "./errors.ts";
import { tailRoute } from "./tail-routes.ts";
import { zoneInScope } from "./zone-in-scope.ts";

/** Adds `/v1/zones/:id/tail` to the API. */
export function addTail(app: OpenAPIHono<RestEnv>): void {
  app.openapi(tailRoute, async (c) => {
    const { status, cache, path, seconds = LONGEST_SECONDS } = c.req.valid("query");
    const { id, name } = await zoneInScope(c, c.req.valid("param").id);
    const { account, mode } = c.var.caller;
    // A HEAD has no body, so nobody would listen.
    if (c.req.method === "HEAD") return new Response(null, { headers: FIELDS }) as never;
    const isSocket = c.req.header("upgrade")?.toLowerCase() === "websocket";
    if (isSocket) refuseOtherPages(c);
    const asked: ListenerRequest = {
      zone: id,
      name,
      account,
      mode,
      who: listening(c),
      filter: {
        ...(status !== undefined && { status: status.split(",") }),
        ...(cache !== undefined && { cache: cache.split(",") }),
        ...(path !== undefined && { path }),
      },
      seconds,
    };
    const headers = { [LISTENER_FIELD]: JSON.stringify(asked), ...(isSocket && { upgrade: "websocket" }) };
    const answer = await c.env.ZONE_TAIL.getByName(id).fetch("https://tail/", { headers });
    if (answer.status === 409) throw new Problem("tail_full");
    noteOpenTail(c.env.ZONE_TAIL, id);
    // No field can be set on a Durable Object's own answer.
    if (answer.webSocket) return new Response(null, { status: 101, webSocket: answer.webSocket }) as never;
    return new Response(answer.body, { headers: FIELDS }) as never;
  });
}

/** The last one keeps nginx from holding back events. */
const FIELDS = { "content-type": "text/event-stream", "x-accel-buffering": "no" };

/** WebSockets have no CORS: a page elsewhere could open one with the session's cookie. */
function refuseOtherPages(c: RestContext): void {
  if (c.var.caller.person !== undefined && c.req.header("origin") !== new URL(c.req.url).origin)
    throw new Problem("forbidden", { sentence: "a session's WebSocket needs the Origin of the dashboard" });
}

function listening({ var: { caller } }: RestContext): Listening {
  const { person, keyId, expiresAt } = caller;
  if (person !== undefined) return { kind: "session", session: person.session, person: person.id };
  return { kind: "key", id: keyId, expiresAt };
}
