import type { OpenAPIHono, z } from "@hono/zod-openapi";
import { createAccountOfPerson, EmailTaken } from "../accounts/create-account.ts";
import { BOUNDS } from "../db/bounds.ts";
import { isoSeconds } from "../db/iso-seconds.ts";
import { sendMail } from "../people/mail.ts";
import {
  acceptInvitation,
  changeMember,
  endInvitation,
  type Invitation,
  invitationsOf,
  invite,
  listInvitations,
  listMembers,
  type Member,
} from "../people/members.ts";
import { type Membership, membershipsOf, ownerStatement } from "../people/person.ts";
import { actorOf, addressOf } from "../rest/actor-of.ts";
import type { RestContext, RestEnv } from "../rest/context.ts";
import { settingsOf } from "../settings.ts";
import { Problem } from "./errors.ts";
import {
  acceptInvitationRoute,
  changeMemberRoute,
  createOwnAccountRoute,
  endInvitationRoute,
  type invitationSchema,
  inviteRoute,
  listMembersRoute,
  type memberSchema,
  type membershipSchema,
  readPersonRoute,
  removeMemberRoute,
} from "./people-routes.ts";

const DAY_MS = 86_400_000;

/** Adds what people do about themselves and the people they work with. */
export function addPeople(app: OpenAPIHono<RestEnv>): void {
  app.openapi(readPersonRoute, async (c) => {
    const { id, email, name, isOperator } = person(c);
    const [accounts, invitations] = await Promise.all([
      membershipsOf(c.env.DB, id),
      invitationsOf(c.env.DB, email, c.var.now),
    ]);
    return c.json(
      {
        person: { id, email, name, operator: isOperator },
        accounts: accounts.map(membershipJson),
        invitations: invitations.map(invitationJson),
        may_create_account: mayCreateAccount(c),
      },
      200,
    );
  });

  app.openapi(createOwnAccountRoute, async (c) => {
    if (!mayCreateAccount(c))
      throw new Problem("forbidden", {
        sentence: "only the operator creates accounts here: ask for one, or for an invitation",
      });
    const { id, email } = person(c);
    const account = { name: c.req.valid("json").name, email, plan: "free" } as const;
    const by = { actor: id, address: addressOf(c), requestId: c.var.requestId };
    const owner = (made: string) => ownerStatement(c.env.DB, made, id, c.var.now);
    const created = await createAccountOfPerson(c.env.DB, account, owner, c.var.now, by).catch((error: unknown) => {
      throw error instanceof EmailTaken ? new Problem("email_taken", { sentence: OWN_ACCOUNT }) : error;
    });
    const { name, plan } = account;
    return c.json({ account: { id: created.id, name, plan, state: "active" as const, role: "owner" as const } }, 201);
  });

  app.openapi(acceptInvitationRoute, async (c) => {
    const accepted = await acceptInvitation(c.env.DB, c.req.valid("param").id, person(c), personActor(c), c.var.now);
    if (accepted.kind === "missing")
      throw new Problem("not_found", { sentence: "there is no such invitation for your address, or no longer" });
    if (accepted.kind === "limit")
      throw new Problem("conflict", {
        sentence: `the account has ${accepted.limit} members, and can have no more: an owner can remove one`,
      });
    return c.json({ account: accepted.account }, 200);
  });

  app.openapi(endInvitationRoute, async (c) => {
    const { id, email } = person(c);
    const owned = (await membershipsOf(c.env.DB, id))
      .filter(({ role }) => role === "owner")
      .map(({ account }) => account);
    const ended = await endInvitation(
      c.env.DB,
      c.req.valid("param").id,
      { accounts: owned, email },
      personActor(c),
      c.var.now,
    );
    if (!ended) throw new Problem("not_found", { sentence: "there is no such invitation" });
    return c.body(null, 204);
  });

  app.openapi(listMembersRoute, async (c) => {
    const { account } = c.var.caller;
    const [members, invitations] = await Promise.all([
      listMembers(c.env.DB, account),
      listInvitations(c.env.DB, account, c.var.now),
    ]);
    return c.json({ members: members.map(memberJson), invitations: invitations.map(invitationJson) }, 200);
  });

  app.openapi(inviteRoute, async (c) => {
    requireOwner(c, "invite people");
    const { email, role } = c.req.valid("json");
    const address = email.toLowerCase();
    const { mayMail } = await import("../people/sign-in-limits.ts");
    if (!(await mayMail(c.env, address, c.var.caller.account)))
      throw new Problem("rate_limited", {
        sentence: `no more mails may go to ${address}, or to the people whom you invite, for now: wait a minute, or until tomorrow`,
        headers: { "retry-after": "60" },
      });
    const invited = await invite(c.env.DB, actorOf(c), { email: address, role }, c.var.now);
    if (invited.kind === "member") throw new Problem("conflict", { sentence: `${address} is already a member` });
    if (invited.kind === "limit")
      throw new Problem("limit_reached", {
        sentence: `an account has at most ${invited.limit} open invitations: withdraw some`,
      });
    c.executionCtx.waitUntil(mailInvitation(c, address, role));
    return c.json({ invitation: invited.invitation }, 201);
  });

  app.openapi(changeMemberRoute, async (c) => {
    requireOwner(c, "change roles");
    return c.json(memberJson(await changed(c, c.req.valid("param").id, c.req.valid("json").role)), 200);
  });

  app.openapi(removeMemberRoute, async (c) => {
    const { id } = c.req.valid("param");
    if (id !== person(c).id) requireOwner(c, "remove members");
    await changed(c, id, null);
    return c.body(null, 204);
  });
}

const OWN_ACCOUNT = "your address already has an account, perhaps with another owner: ask them for an invitation";

function person(c: RestContext) {
  if (c.var.person === undefined) throw new Error("a route for people without its guard");
  return c.var.person;
}

function personActor(c: RestContext) {
  return { mode: "live", actor: person(c).id, address: addressOf(c), requestId: c.var.requestId } as const;
}

function mayCreateAccount(c: RestContext): boolean {
  return settingsOf(c.env).signUp === "open" || person(c).isOperator;
}

function requireOwner(c: RestContext, what: string): void {
  const role = c.var.caller.person?.role;
  if (role !== "owner")
    throw new Problem("forbidden", { sentence: `only owners can ${what}: your role in this account is ${role}` });
}

async function changed(c: RestContext, id: string, role: Member["role"] | null): Promise<Member> {
  const result = await changeMember(c.env.DB, actorOf(c), id, role, c.var.now);
  if (result.kind === "missing") throw new Problem("not_found", { sentence: "this account has no such member" });
  if (result.kind === "last-owner")
    throw new Problem("conflict", {
      sentence: "an account needs at least one owner: make somebody else an owner first",
    });
  return result.member;
}

async function mailInvitation(c: RestContext, to: string, role: string): Promise<void> {
  const { origin } = new URL(c.req.url);
  const { email } = person(c);
  await sendMail(c.env, settingsOf(c.env), {
    to,
    subject: `${email} invites you to ResCDN`,
    text: `${email} invites you to an account at ResCDN, with the role ${role}. To accept, sign in with this address within ${BOUNDS.invitations.days} days:\n\n${origin}/sign-in\n\nIf you do not know who that is, ignore this mail.`,
  });
}

function membershipJson({ account, ...shown }: Membership): z.input<typeof membershipSchema> {
  return { id: account, ...shown };
}

function memberJson({ createdAt, ...shown }: Member): z.input<typeof memberSchema> {
  return { ...shown, since: isoSeconds(createdAt) };
}

function invitationJson(invitation: Invitation): z.input<typeof invitationSchema> {
  const { id, account, accountName, email, role, invitedBy, createdAt } = invitation;
  const expires = isoSeconds(createdAt + BOUNDS.invitations.days * DAY_MS);
  return { id, account, account_name: accountName, email, role, invited_by: invitedBy, expires };
}
