import type { OpenAPIHono } from "@hono/zod-openapi";
import { takeQuestion } from "../accounts/admit.ts";
import { clientsOf } from "../accounts/clients.ts";
import { rateLimitHeaders } from "../accounts/rate-limit-headers.ts";
import { originPolicy } from "../origin-guard/origin-policy.ts";
import type { RestContext, RestEnv } from "../rest/context.ts";
import { settingsOf } from "../settings.ts";
import type { InspectedCall, Inspector } from "../why/report.ts";
import { checkedOrigin } from "./checked-origin.ts";
import { Problem } from "./errors.ts";
import { originCheckRoute, whyRoute } from "./why-routes.ts";
import { scopeOf } from "./zone-in-scope.ts";

/** Adds `/v1/why` and `/v1/origin-check` to the API. @param inspector the edge to ask */
export function addWhy(app: OpenAPIHono<RestEnv>, inspector: Inspector): void {
  app.openapi(whyRoute, async (c) => {
    const {
      url,
      method,
      header: headers = [],
      address,
      country,
      ask_origin: asksOrigin = false,
    } = c.req.valid("query");
    if (asksOrigin) await takeTurn(c);
    const clients = clientsOf(settingsOf(c.env));
    const { raw } = c.req;
    const client = {
      address: address ?? clients.addressOf(raw),
      country: country ?? clients.countryOf(raw),
      asn: clients.asnOf(raw),
    };
    const { account, mode, zones } = scopeOf(c);
    const question = { url, method, headers, owner: { account, mode, zones }, client, asksOrigin };
    const report = await inspector.why(question, callOf(c));
    if (report === null) throw new Problem("not_found", { sentence: "no zone of yours answers this URL" });
    return c.json(report, 200);
  });

  app.openapi(originCheckRoute, async (c) => {
    const { origin, path } = c.req.valid("json");
    const checked = checkedOrigin("origin", origin, originPolicy(settingsOf(c.env)));
    await takeTurn(c);
    return c.json(await inspector.checkOrigin({ origin: checked, path }, callOf(c)), 200);
  });
}

function callOf(c: RestContext): InspectedCall {
  return { request: c.req.raw, waitUntil: (work) => c.executionCtx.waitUntil(work) };
}

/** Counts a question to an origin against the account: it costs somebody else's server something. */
async function takeTurn(c: RestContext): Promise<void> {
  const window = await takeQuestion(c.env.RATE_LIMITER, c.var.caller.account);
  if (window.allowed) return;
  const sentence = "an account can have origins asked at most 30 times a minute: try again in a moment";
  const { "retry-after": wait = "60" } = rateLimitHeaders(window, c.var.now);
  throw new Problem("rate_limited", { sentence, headers: { "retry-after": wait } });
}
