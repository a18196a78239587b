import { z } from "@hono/zod-openapi";
import { PLAN_NAMES } from "../accounts/plans.ts";
import { ROLES } from "../people/roles.ts";
import { jsonContent, requiredJson } from "../rest/json-content.ts";
import { personRoute } from "./person-route.ts";

const role = z.enum(ROLES).openapi("Role", {
  description: "A viewer may read; an editor may also change zones and records, and purge; an owner may do everything.",
});
const email = z.email().max(254).openapi({ example: "ada@example.com" });

const person = z
  .object({
    id: z.string().openapi({ example: "person_abc123" }),
    email: z.string().openapi({ example: "ada@example.com" }),
    name: z.string().openapi({ example: "Ada" }),
    operator: z.boolean().describe("Whether they operate the network."),
  })
  .openapi("Person");

export const membershipSchema = z
  .object({
    id: z.string().describe("The account's id.").openapi({ example: "acct_abc123" }),
    name: z.string().openapi({ example: "Example" }),
    plan: z.enum(PLAN_NAMES),
    state: z.enum(["active", "suspended"]),
    role,
  })
  .openapi("Membership");

export const memberSchema = z
  .object({
    id: z.string().openapi({ example: "person_abc123" }),
    email: z.string().openapi({ example: "ada@example.com" }),
    name: z.string().openapi({ example: "Ada" }),
    role,
    since: z.iso.datetime(),
  })
  .openapi("Member");

export const invitationSchema = z
  .object({
    id: z.string().openapi({ example: "invite_abc123" }),
    account: z.string().openapi({ example: "acct_abc123" }),
    account_name: z.string().openapi({ example: "Example" }),
    email: z.string().openapi({ example: "grace@example.com" }),
    role,
    invited_by: z.string().describe("E-mail address of whoever sent it.").openapi({ example: "ada@example.com" }),
    expires: z.iso.datetime(),
  })
  .openapi("Invitation");

export const readPersonRoute = personRoute({
  method: "get",
  path: "/v1/person",
  operationId: "readPerson",
  summary: "Who is signed in, the accounts that they act for, and their invitations",
  description: "What the dashboard asks first. `may_create_account`: whether this deployment lets people do that.",
  ofAccount: false,
  responses: {
    200: {
      description: "The person",
      ...jsonContent(
        z
          .object({
            person,
            accounts: z.array(membershipSchema),
            invitations: z.array(invitationSchema),
            may_create_account: z.boolean(),
          })
          .openapi("SignedIn"),
      ),
    },
  },
});

const newAccount = z
  .strictObject({ name: z.string().trim().min(1).max(200).openapi({ example: "Example" }) })
  .openapi("NewOwnAccount");

export const createOwnAccountRoute = personRoute({
  method: "post",
  path: "/v1/accounts",
  operationId: "createOwnAccount",
  summary: "Create an account of your own, on the free plan",
  description:
    "It gets the person's e-mail address, and the person becomes its owner. An address can have only one account.",
  ofAccount: false,
  request: { body: requiredJson(newAccount) },
  responses: {
    201: { description: "Created", ...jsonContent(z.object({ account: membershipSchema }).openapi("OwnAccount")) },
  },
  errors: [403, 409],
});

const invitationParams = z.object({ id: z.string().max(64).openapi({ description: "The invitation's id." }) });

const joined = z
  .object({ account: z.string().describe("The account's id.").openapi({ example: "acct_abc123" }) })
  .openapi("Joined");

export const acceptInvitationRoute = personRoute({
  method: "post",
  path: "/v1/invitations/{id}/accept",
  operationId: "acceptInvitation",
  summary: "Accept an invitation to an account",
  description:
    "The person gets the invitation's role, and the invitation is used up. Only somebody who has proven to own its address can accept it.",
  ofAccount: false,
  request: { params: invitationParams },
  responses: { 200: { description: "A member now", ...jsonContent(joined) } },
  errors: [404, 409],
});

export const endInvitationRoute = personRoute({
  method: "delete",
  path: "/v1/invitations/{id}",
  operationId: "endInvitation",
  summary: "Decline an invitation, or withdraw one as an owner",
  description: "Only the person whom it is for and owners of its account may do this.",
  ofAccount: false,
  request: { params: invitationParams },
  responses: { 204: { description: "The invitation is gone" } },
  errors: [404],
});

export const listMembersRoute = personRoute({
  method: "get",
  path: "/v1/members",
  operationId: "listMembers",
  summary: "List an account's members and open invitations",
  description: "`X-ResCDN-Account` names the account by its id; left out: the first of your own.",
  ofAccount: true,
  responses: {
    200: {
      description: "Members and invitations, oldest first",
      ...jsonContent(
        z.object({ members: z.array(memberSchema), invitations: z.array(invitationSchema) }).openapi("MemberList"),
      ),
    },
  },
});

const invited = z
  .object({ invitation: z.string().describe("The invitation's id.").openapi({ example: "invite_abc123" }) })
  .openapi("Invited");

export const inviteRoute = personRoute({
  method: "post",
  path: "/v1/members",
  operationId: "inviteMember",
  summary: "Invite an e-mail address",
  description: "Only owners may. The address gets a mail; whoever signs in with it may accept within 30 days.",
  ofAccount: true,
  request: { body: requiredJson(z.strictObject({ email, role }).openapi("NewInvitation")) },
  responses: { 201: { description: "Invited", ...jsonContent(invited) } },
  errors: [403, 409],
});

const memberParams = z.object({ id: z.string().max(64).openapi({ description: "The person's id." }) });

export const changeMemberRoute = personRoute({
  method: "patch",
  path: "/v1/members/{id}",
  operationId: "changeMember",
  summary: "Give a member another role",
  description: "Only owners may. An account needs at least one owner.",
  ofAccount: true,
  request: { params: memberParams, body: requiredJson(z.strictObject({ role }).openapi("MemberChange")) },
  responses: { 200: { description: "The member as changed", ...jsonContent(memberSchema) } },
  errors: [403, 404, 409],
});

export const removeMemberRoute = personRoute({
  method: "delete",
  path: "/v1/members/{id}",
  operationId: "removeMember",
  summary: "Remove a member from the account, or leave it",
  description:
    "Only owners may remove others. Keys, signing keys, query tokens and webhooks that the member created stay: the audit " +
    "log tells which by `actor`, so that they can be replaced.",
  ofAccount: true,
  request: { params: memberParams },
  responses: { 204: { description: "No longer a member" } },
  errors: [403, 404, 409],
});
