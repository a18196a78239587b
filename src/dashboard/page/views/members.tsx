import { useState } from "preact/hooks";
import { rescdn, type Schemas } from "../api/client.ts";
import { answerOf } from "../api/problem.ts";
import { account, isAtLeast, loadSession, session } from "../state/session.ts";
import { Form } from "../ui/form.tsx";
import { List } from "../ui/list.tsx";
import { Problem } from "../ui/problem.tsx";
import { SmallButton } from "../ui/small-button.tsx";
import { TextField } from "../ui/text-field.tsx";
import { Time } from "../ui/time.tsx";
import { useAction } from "../ui/use-action.ts";
import { useLoaded } from "../ui/use-loaded.ts";
import { useQuestion } from "../ui/use-question.tsx";
import { useTitle } from "../ui/use-title.ts";

type Member = Schemas["Member"];
type Role = Schemas["Role"];

/** A member of the account, or somebody who was invited. */
type Row = { kind: "member"; member: Member } | { kind: "invited"; invitation: Schemas["Invitation"] };

const ROLES: readonly [Role, string][] = [
  ["viewer", "reads zones, records and usage"],
  ["editor", "also changes zones and records, and purges"],
  ["owner", "does everything: keys, members, the audit log"],
];

const isOneself = ({ id }: Member) => id === session.value?.person.id;

/** The people of an account, and who is invited. */
export function Members() {
  useTitle("Members");
  const list = useLoaded(() => answerOf(rescdn.GET("/v1/members")), [account.value?.id]);
  const [question, ask] = useQuestion();
  const isOwner = isAtLeast("owner");
  const change = useAction(async (id: string, role: Role) => {
    await answerOf(rescdn.PATCH("/v1/members/{id}", { params: { path: { id } }, body: { role } }));
    list.reload();
  });
  const withdraw = ({ id, email }: Schemas["Invitation"]) =>
    ask({
      title: `Withdraw the invitation for ${email}?`,
      verb: "Withdraw it",
      text: <p>The address can no longer join by it. Nobody is told; you may invite it again.</p>,
      act: async () => {
        await answerOf(rescdn.DELETE("/v1/invitations/{id}", { params: { path: { id } } }));
        list.reload();
      },
    });
  const remove = (member: Member) => {
    const own = isOneself(member);
    ask({
      title: own ? `Leave ${account.value?.name}?` : `Remove ${member.email}?`,
      verb: own ? "Leave" : "Remove",
      text: (
        <p>
          {own ? "You lose" : "They lose"} access to this account at once. Keys stay: revoke those that only{" "}
          {own ? "you have" : "they have"}.
        </p>
      ),
      act: async () => {
        await answerOf(rescdn.DELETE("/v1/members/{id}", { params: { path: { id: member.id } } }));
        if (own) await loadSession();
        else list.reload();
      },
    });
  };
  return (
    <>
      <h1>Members</h1>
      <Problem problem={change.problem} />
      <List<Schemas["MemberList"], Row>
        label="Members"
        loaded={list}
        rowsOf={({ members, invitations }) => [
          ...members.map((member): Row => ({ kind: "member", member })),
          ...invitations.map((invitation): Row => ({ kind: "invited", invitation })),
        ]}
        keyOf={(row) => (row.kind === "member" ? row.member.id : row.invitation.id)}
        none={null}
        columns={[
          {
            head: "Person",
            cell: (row) => {
              if (row.kind === "invited")
                return (
                  <>
                    {row.invitation.email}
                    <span class="tag">invited</span>
                  </>
                );
              return (
                <>
                  {row.member.email}
                  {isOneself(row.member) && <span class="tag">you</span>}
                </>
              );
            },
          },
          {
            head: "Role",
            cell: (row) => {
              if (row.kind === "invited") return row.invitation.role;
              const { id, email, role } = row.member;
              if (!isOwner) return role;
              return (
                <select
                  aria-label={`Role of ${email}`}
                  value={role}
                  onChange={({ currentTarget }) => change.run(id, currentTarget.value as Role)}
                >
                  {ROLES.map(([name]) => (
                    <option key={name}>{name}</option>
                  ))}
                </select>
              );
            },
          },
          {
            head: "Since",
            cell: (row) =>
              row.kind === "member" ? (
                <Time at={row.member.since} />
              ) : (
                <>
                  ends <Time at={row.invitation.expires} />
                </>
              ),
          },
          {
            head: "Actions",
            kind: "actions",
            cell: (row) => {
              if (row.kind === "invited")
                return isOwner && <SmallButton act={() => withdraw(row.invitation)}>Withdraw</SmallButton>;
              const { member } = row;
              return (
                (isOwner || isOneself(member)) && (
                  <SmallButton act={() => remove(member)}>{isOneself(member) ? "Leave" : "Remove"}</SmallButton>
                )
              );
            },
          },
        ]}
      />
      {isOwner && <Invite invited={list.reload} />}
      {question}
    </>
  );
}

function Invite({ invited }: { invited(): void }) {
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<Role>("editor");
  const invite = useAction(async () => {
    await answerOf(rescdn.POST("/v1/members", { body: { email, role } }));
    setEmail("");
    invited();
  });
  return (
    <Form title="Invite somebody" action={invite} verb="Invite">
      <TextField
        label="E-mail address"
        type="email"
        required
        problem={invite.problem?.fields.email}
        value={email}
        set={setEmail}
      />
      <fieldset class="field plain ticks">
        <legend>Role</legend>
        {ROLES.map(([name, meaning]) => (
          <label key={name} class="check">
            <input type="radio" name="role" checked={role === name} onChange={() => setRole(name)} />
            <span>
              <strong>{name}</strong> {meaning}
            </span>
          </label>
        ))}
      </fieldset>
    </Form>
  );
}
