import type { OpenAPIHono, z } from "@hono/zod-openapi";
import { clientsOf } from "../accounts/clients.ts";
import { EmailTaken } from "../accounts/create-account.ts";
import { noteSignInLink } from "../accounts/note-sign-in-link.ts";
import {
  changeAccount,
  findAccount,
  listAccounts,
  type OperatedAccount,
  operator,
  recoverAccount,
  resumeAccount,
  suspendAccount,
} from "../accounts/operated-accounts.ts";
import { isoSeconds } from "../db/iso-seconds.ts";
import type { RestEnv } from "../rest/context.ts";
import { settingsOf } from "../settings.ts";
import { bringAccountToEdge } from "./bring-account-to-edge.ts";
import { Problem } from "./errors.ts";
import {
  changeAccountRoute,
  listAccountsRoute,
  type operatedAccountSchema,
  readAccountRoute,
  recoverRoute,
  resumeRoute,
  signInLinkRoute,
  suspendRoute,
} from "./operated-account-routes.ts";
import { operatorRequest } from "./operator-request.ts";
import { cutPage, requestedPage } from "./pages.ts";
import { reconsiderQuota, setQuota, shownQuota } from "./quota.ts";

/** Adds what an operator does with accounts, except creating them. */
export function addOperatedAccounts(app: OpenAPIHono<RestEnv>): void {
  app.openapi(listAccountsRoute, async (c) => {
    const { limit, cursor, ...filter } = c.req.valid("query");
    const found = await listAccounts(c.env.DB, filter, requestedPage("acct", { limit, cursor }));
    const { rows, next_cursor } = cutPage(found, limit);
    return c.json({ accounts: rows.map(accountJson), next_cursor }, 200);
  });

  app.openapi(readAccountRoute, async (c) => {
    const { id } = c.req.valid("param");
    const account = there(await findAccount(c.env.DB, id));
    return c.json({ account: accountJson(account), quota: await shownQuota(c, id) }, 200);
  });

  app.openapi(changeAccountRoute, async (c) => {
    const { id } = c.req.valid("param");
    const { quota, ...change } = c.req.valid("json");
    const by = operatorRequest(c);
    const result = await changeAccount(c.env.DB, id, change, by, c.var.now).catch((error: unknown) => {
      throw error instanceof EmailTaken ? new Problem("email_taken", { sentence: error.message }) : error;
    });
    if (result.kind === "missing") throw accountNotFound();
    if (result.kind === "busy")
      throw new Problem("conflict", { sentence: "somebody else is changing the account right now: try again" });
    if (quota !== undefined) await setQuota(c, operator(id, by), quota);
    else if (change.plan !== undefined) await reconsiderQuota(c, id);
    return c.json({ account: accountJson(result.changed), quota: await shownQuota(c, id) }, 200);
  });

  app.openapi(suspendRoute, async (c) => {
    const { id } = c.req.valid("param");
    const { reason } = c.req.valid("json");
    const account = there(await suspendAccount(c.env.DB, id, reason, operatorRequest(c), c.var.now));
    await bringAccountToEdge(c, id);
    return c.json({ account: accountJson(account) }, 200);
  });

  app.openapi(resumeRoute, async (c) => {
    const { id } = c.req.valid("param");
    const account = there(await resumeAccount(c.env.DB, id, operatorRequest(c), c.var.now));
    await bringAccountToEdge(c, id);
    return c.json({ account: accountJson(account) }, 200);
  });

  app.openapi(signInLinkRoute, async (c) => {
    const { id, email } = there(await findAccount(c.env.DB, c.req.valid("param").id));
    const settings = settingsOf(c.env);
    const { dashboardHost, signInSecret } = settings;
    if (dashboardHost === null || signInSecret === null)
      throw new Problem("conflict", { sentence: "nobody can sign in here: set DASHBOARD_HOST and SIGN_IN_SECRET" });
    const { LINK_MINUTES, newLink } = await import("../people/sign-in-links.ts");
    // With the call's own scheme and port: those of the server that answers both hosts, or of its proxy.
    const dashboard = new URL(c.req.url);
    dashboard.protocol = clientsOf(settings).schemeOf(c.req.raw, dashboard);
    dashboard.hostname = dashboardHost;
    await noteSignInLink(c.env.DB, { ...operatorRequest(c), account: id }, email, c.var.now);
    const url = await newLink(c.env, dashboard.origin, email.toLowerCase());
    return c.json({ url, expires: isoSeconds(c.var.now + LINK_MINUTES * 60_000) }, 201);
  });

  app.openapi(recoverRoute, async (c) => {
    const { id } = c.req.valid("param");
    const { revoke_keys: revoke } = c.req.valid("json");
    const account = there(await findAccount(c.env.DB, id));
    const keys = there(await recoverAccount(c.env.DB, id, revoke, operatorRequest(c), c.var.now));
    return c.json({ account: accountJson(account), keys }, 201);
  });
}

function there<Found>(found: Found | null): Found {
  if (found === null) throw accountNotFound();
  return found;
}

function accountNotFound(): Problem {
  return new Problem("not_found", { sentence: "there is no such account" });
}

function accountJson(account: OperatedAccount): z.input<typeof operatedAccountSchema> {
  const { id, name, email, plan, state, suspendedFor, createdAt, zones, records } = account;
  return { id, name, email, plan, state, suspended_for: suspendedFor, created: isoSeconds(createdAt), zones, records };
}
