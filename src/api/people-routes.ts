import { z } from "@hono/zod-openapi";
import { PLAN_NAMES } from "../accounts/plans.ts";
import { ROLES } from "../people/roles.ts";
import { jsonContent, requiredJson } from "../rest/json-content.ts";
import { personRoute } from "./person-route.ts";

const role = z.enum(ROLES).openapi("Role", {
  description: "A viewer reads; an editor changes zones and records and purges; an owner does all.",
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
    id: z.string().describe("The account's.").openapi({ example: "acct_abc123" }),
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
    invited_by: z.string().describe("Address of who invites.").openapi({ example: "ada@example.com" }),
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
  summary: "Create an account of one's own, on the free plan",
  description: "Its address is the person's, who becomes its owner. An address has one account.",
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
  summary: "Become a member of the account that has invited one's address",
  description: "With the role of the invitation, which is over then. It is for whoever has proven to have its address.",
  ofAccount: false,
  request: { params: invitationParams },
  responses: { 200: { description: "A member now", ...jsonContent(joined) } },
  errors: [404, 409],
});

export const endInvitationRoute = personRoute({
  method: "delete",
  path: "/v1/invitations/{id}",
  operationId: "endInvitation",
  summary: "Refuse an invitation, or as an owner withdraw one",
  description: "Whom it is for and the owners of its account may.",
  ofAccount: false,
  request: { params: invitationParams },
  responses: { 204: { description: "It is over" } },
  errors: [404],
});

export const listMembersRoute = personRoute({
  method: "get",
  path: "/v1/members",
  operationId: "listMembers",
  summary: "The people of an account, and who is invited",
  description: "The account is the one that `X-ResCDN-Account` names by its id; left out: the first of one's own.",
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
  summary: "Invite an address",
  description: "Owners may. A mail says so; whoever signs in by the address may accept, for 30 days.",
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
  description: "Owners may. An account keeps one owner at least.",
  ofAccount: true,
  request: { params: memberParams, body: requiredJson(z.strictObject({ role }).openapi("MemberChange")) },
  responses: { 200: { description: "The member as changed", ...jsonContent(memberSchema) } },
  errors: [403, 404, 409],
});

export const removeMemberRoute = personRoute({
  method: "delete",
  path: "/v1/members/{id}",
  operationId: "removeMember",
  summary: "Take a member out of the account, or leave it",
  description:
    "Owners may, and everybody for themselves. Keys, signing keys, query tokens and webhooks that somebody has made stay: the audit " +
    "log tells which by `actor`, so that they can be replaced.",
  ofAccount: true,
  request: { params: memberParams },
  responses: { 204: { description: "No member any more" } },
  errors: [403, 404, 409],
});
