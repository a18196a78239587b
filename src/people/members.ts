import { type Actor, auditStatement } from "../accounts/audit-log.ts";
import { BOUNDS, daysBefore } from "../db/bounds.ts";
import { newId } from "../db/new-id.ts";
import type { Role } from "./roles.ts";

/** A person who acts for an account. */
export interface Member {
  id: string;
  email: string;
  name: string;
  role: Role;
  /** Ms since the epoch. */
  createdAt: number;
}

/** Somebody who may become a member. */
export interface Invitation {
  id: string;
  account: string;
  accountName: string;
  email: string;
  role: Role;
  /** Address of the person who invited them. */
  invitedBy: string;
  createdAt: number;
}

/** The people of an account, oldest first. */
export async function listMembers(db: D1Database, account: string): Promise<Member[]> {
  const { results } = await db
    .prepare(
      `SELECT people.id, email, name, role, members.created_at AS createdAt FROM members JOIN people ON people.id = person_id
       WHERE account_id = ?1 ORDER BY members.created_at, people.id`,
    )
    .bind(account)
    .all<Member>();
  return results;
}

const INVITATIONS = `SELECT invitations.id, account_id AS account, accounts.name AS accountName, invitations.email, role,
    COALESCE(people.email, 'operator') AS invitedBy, invitations.created_at AS createdAt
  FROM invitations JOIN accounts ON accounts.id = account_id LEFT JOIN people ON people.id = invited_by
  WHERE invitations.created_at >= ?1`;

/** The valid invitations of an account. */
export async function listInvitations(db: D1Database, account: string, now: number): Promise<Invitation[]> {
  const { results } = await db
    .prepare(`${INVITATIONS} AND account_id = ?2 ORDER BY invitations.created_at, invitations.id`)
    .bind(oldest(now), account)
    .all<Invitation>();
  return results;
}

/** The valid invitations for an address. @param email in lower case */
export async function invitationsOf(db: D1Database, email: string, now: number): Promise<Invitation[]> {
  const { results } = await db
    .prepare(`${INVITATIONS} AND invitations.email = ?2 ORDER BY invitations.created_at, invitations.id`)
    .bind(oldest(now), email)
    .all<Invitation>();
  return results;
}

export type Invited = { kind: "invited"; invitation: string } | { kind: "member" } | { kind: "limit"; limit: number };

/** Invites an address. If it was invited before, the invitation is renewed with the new role. */
export async function invite(
  db: D1Database,
  actor: Actor,
  { email, role }: Pick<Invitation, "email" | "role">,
  now: number,
): Promise<Invited> {
  const id = newId("invite");
  const limit = BOUNDS.invitations.rows;
  const { account } = actor;
  const [member, inserted] = await db.batch([
    db
      .prepare(
        "SELECT 1 FROM members JOIN people ON people.id = person_id WHERE account_id = ?1 AND email = ?2 COLLATE NOCASE",
      )
      .bind(account, email),
    db
      .prepare(
        `INSERT INTO invitations (id, account_id, email, role, invited_by, created_at)
         SELECT ?1, ?2, ?3, ?4, ?5, ?6
         WHERE NOT EXISTS (SELECT 1 FROM members JOIN people ON people.id = person_id WHERE account_id = ?2 AND email = ?3 COLLATE NOCASE)
           AND ((SELECT COUNT(*) FROM invitations WHERE account_id = ?2) < ?7
                OR EXISTS (SELECT 1 FROM invitations WHERE account_id = ?2 AND email = ?3))
         ON CONFLICT (account_id, email) DO UPDATE SET id = ?1, role = ?4, invited_by = ?5, created_at = ?6`,
      )
      .bind(id, account, email, role, actor.actor, now, limit),
    auditStatement(db, actor, { action: "member.invite", target: id, before: null, after: { email, role } }, now),
  ]);
  if (inserted !== undefined && inserted.meta.changes > 0) return { kind: "invited", invitation: id };
  return member !== undefined && member.results.length > 0 ? { kind: "member" } : { kind: "limit", limit };
}

/**
 * Makes a person a member through an invitation to their address. `missing`: there is no valid one, perhaps since a moment ago.
 *
 * @param by the person's request; the account is taken from the invitation
 */
export async function acceptInvitation(
  db: D1Database,
  id: string,
  person: { id: string; email: string },
  by: Omit<Actor, "account">,
  now: number,
): Promise<{ kind: "joined"; account: string } | { kind: "missing" } | { kind: "limit"; limit: number }> {
  const invitation = (await invitationsOf(db, person.email, now)).find((one) => one.id === id);
  if (invitation === undefined) return { kind: "missing" };
  const { account, role } = invitation;
  const limit = BOUNDS.members.rows;
  const [joined, , ended] = await db.batch([
    db
      .prepare(
        `INSERT INTO members (account_id, person_id, role, created_at)
         SELECT account_id, ?2, role, ?3 FROM invitations
         WHERE id = ?1 AND (SELECT COUNT(*) FROM members WHERE account_id = ?4) < ?5
         ON CONFLICT DO NOTHING`,
      )
      .bind(id, person.id, now, account, limit),
    auditStatement(
      db,
      { ...by, account },
      { action: "member.join", target: person.id, before: null, after: { email: person.email, role } },
      now,
    ),
    db
      .prepare(
        "DELETE FROM invitations WHERE id = ?1 AND EXISTS (SELECT 1 FROM members WHERE account_id = ?2 AND person_id = ?3)",
      )
      .bind(id, account, person.id),
  ]);
  // Somebody who was already a member still ends the invitation. Nobody joins through one that was withdrawn meanwhile.
  if (joined?.meta.changes || ended?.meta.changes) return { kind: "joined", account };
  const open = await db.prepare("SELECT 1 FROM invitations WHERE id = ?1").bind(id).first();
  return open === null ? { kind: "missing" } : { kind: "limit", limit };
}

/** Ends an invitation of one of these accounts, or to an address. Returns whether there was one. */
export async function endInvitation(
  db: D1Database,
  id: string,
  whose: { accounts: readonly string[]; email: string },
  by: Omit<Actor, "account">,
  now: number,
): Promise<boolean> {
  const found = await db
    .prepare(
      "SELECT account_id AS account, email, role FROM invitations WHERE id = ?1 AND (account_id IN (SELECT value FROM json_each(?2)) OR email = ?3)",
    )
    .bind(id, JSON.stringify(whose.accounts), whose.email)
    .first<{ account: string; email: string; role: Role }>();
  if (found === null) return false;
  const { account, ...before } = found;
  const [deleted] = await db.batch([
    db.prepare("DELETE FROM invitations WHERE id = ?1").bind(id),
    auditStatement(db, { ...by, account }, { action: "member.uninvite", target: id, before, after: null }, now),
  ]);
  return deleted !== undefined && deleted.meta.changes > 0;
}

/** `last-owner`: without an owner, an account would belong to nobody. */
export type ChangedMember = { kind: "changed"; member: Member } | { kind: "missing" } | { kind: "last-owner" };

/**
 * Gives a member another role, or removes them from the account if `role` is null. The invitations of somebody who is no longer
 * an owner end.
 */
export async function changeMember(
  db: D1Database,
  actor: Actor,
  id: string,
  role: Role | null,
  now: number,
): Promise<ChangedMember> {
  const { account } = actor;
  const member = (await listMembers(db, account)).find((one) => one.id === id);
  if (member === undefined) return { kind: "missing" };
  if (member.role === role) return { kind: "changed", member };
  const anotherOwner =
    "EXISTS (SELECT 1 FROM members AS others WHERE others.account_id = ?1 AND others.role = 'owner' AND others.person_id <> ?2)";
  const change =
    role === null
      ? db
          .prepare(
            `DELETE FROM members WHERE account_id = ?1 AND person_id = ?2 AND (role <> 'owner' OR ${anotherOwner})`,
          )
          .bind(account, id)
      : db
          .prepare(
            `UPDATE members SET role = ?3 WHERE account_id = ?1 AND person_id = ?2 AND (role <> 'owner' OR ${anotherOwner})`,
          )
          .bind(account, id, role);
  const { email, role: before } = member;
  const entry = {
    action: role === null ? "member.leave" : "member.change",
    target: id,
    before: { email, role: before },
    after: role === null ? null : { email, role },
  };
  // Otherwise somebody who is removed could return through another address that they invited before.
  const endInvitations = db
    .prepare(
      `DELETE FROM invitations WHERE account_id = ?1 AND invited_by = ?2
         AND NOT EXISTS (SELECT 1 FROM members WHERE account_id = ?1 AND person_id = ?2 AND role = 'owner')`,
    )
    .bind(account, id);
  const [changed] = await db.batch([change, auditStatement(db, actor, entry, now), endInvitations]);
  if (changed === undefined || changed.meta.changes === 0) return { kind: "last-owner" };
  return { kind: "changed", member: { ...member, role: role ?? before } };
}

/** Invitations from before this time have expired, ms since the epoch. */
function oldest(now: number): number {
  return daysBefore(now, BOUNDS.invitations.days);
}
