import { useState } from "preact/hooks";
import { rescdn, type Schemas } from "../api/client.ts";
import { answerOf } from "../api/problem.ts";
import { account, isAtLeast, loadSession, session } from "../state/session.ts";
import { Confirm } from "../ui/confirm.tsx";
import { Field } from "../ui/field.tsx";
import { Loading } from "../ui/loading.tsx";
import { Problem } from "../ui/problem.tsx";
import { Time } from "../ui/time.tsx";
import { useAction } from "../ui/use-action.ts";
import { useLoaded } from "../ui/use-loaded.ts";
import { useTitle } from "../ui/use-title.ts";

type Member = Schemas["Member"];
type Role = Schemas["Role"];

const ROLES: readonly [Role, string][] = [
  ["viewer", "reads zones, records and usage"],
  ["editor", "also changes zones and records, and purges"],
  ["owner", "does everything: keys, members, the audit log"],
];

/** The people of an account, and who is invited. */
export function Members() {
  useTitle("Members");
  const list = useLoaded(() => answerOf(rescdn.GET("/v1/members")), [account.value?.id]);
  const [leaving, setLeaving] = useState<Member | null>(null);
  const isOwner = isAtLeast("owner");
  const change = useAction(async (id: string, role: Role) => {
    await answerOf(rescdn.PATCH("/v1/members/{id}", { params: { path: { id } }, body: { role } }));
    list.reload();
  });
  const withdraw = useAction(async (id: string) => {
    await answerOf(rescdn.DELETE("/v1/invitations/{id}", { params: { path: { id } } }));
    list.reload();
  });
  const isOneself = ({ id }: Member) => id === session.value?.person.id;
  return (
    <>
      <h1>Members</h1>
      <Problem problem={change.problem ?? withdraw.problem} />
      <Loading loaded={list}>
        {({ members, invitations }) => (
          <div class="table">
            <table>
              <thead>
                <tr>
                  <th scope="col">Person</th>
                  <th scope="col">Role</th>
                  <th scope="col">Since</th>
                  <th scope="col">
                    <span class="unseen">What to do</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {members.map((member) => (
                  <tr key={member.id}>
                    <th scope="row">
                      {member.email}
                      {isOneself(member) && <span class="tag">you</span>}
                    </th>
                    <td>
                      {isOwner ? (
                        <select
                          aria-label={`Role of ${member.email}`}
                          value={member.role}
                          onChange={({ currentTarget }) => change.run(member.id, currentTarget.value as Role)}
                        >
                          {ROLES.map(([role]) => (
                            <option key={role}>{role}</option>
                          ))}
                        </select>
                      ) : (
                        member.role
                      )}
                    </td>
                    <td>
                      <Time at={member.since} />
                    </td>
                    <td class="actions">
                      {(isOwner || isOneself(member)) && (
                        <button type="button" class="button quiet small" onClick={() => setLeaving(member)}>
                          {isOneself(member) ? "Leave" : "Remove"}
                        </button>
                      )}
                    </td>
                  </tr>
                ))}
                {invitations.map((invitation) => (
                  <tr key={invitation.id}>
                    <th scope="row">
                      {invitation.email}
                      <span class="tag">invited</span>
                    </th>
                    <td>{invitation.role}</td>
                    <td>
                      ends <Time at={invitation.expires} />
                    </td>
                    <td class="actions">
                      {isOwner && (
                        <button type="button" class="button quiet small" onClick={() => withdraw.run(invitation.id)}>
                          Withdraw
                        </button>
                      )}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Loading>
      {isOwner && <Invite invited={list.reload} />}
      {leaving !== null && (
        <Confirm
          title={isOneself(leaving) ? `Leave ${account.value?.name}?` : `Remove ${leaving.email}?`}
          verb={isOneself(leaving) ? "Leave" : "Remove"}
          act={async () => {
            await answerOf(rescdn.DELETE("/v1/members/{id}", { params: { path: { id: leaving.id } } }));
            if (isOneself(leaving)) await loadSession();
            else list.reload();
          }}
          close={() => setLeaving(null)}
        >
          <p>
            {isOneself(leaving) ? "You no longer act" : "They no longer act"} for this account, at once. Keys stay:
            revoke those that only {isOneself(leaving) ? "you have" : "they have"}.
          </p>
        </Confirm>
      )}
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
  const submit = (event: Event) => {
    event.preventDefault();
    invite.run();
  };
  return (
    <form class="card reading" onSubmit={submit}>
      <h2>Invite somebody</h2>
      <Field label="E-mail address" problem={invite.problem?.fields.email}>
        {(attributes) => (
          <input
            {...attributes}
            type="email"
            required
            value={email}
            onInput={({ currentTarget }) => setEmail(currentTarget.value)}
          />
        )}
      </Field>
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
      <Problem problem={invite.problem} />
      <div class="buttons">
        <button type="submit" class="button" disabled={invite.isRunning}>
          Invite
        </button>
      </div>
    </form>
  );
}
