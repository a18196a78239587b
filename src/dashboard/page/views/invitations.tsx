import { rescdn, type Schemas } from "../api/client.ts";
import { answerOf } from "../api/problem.ts";
import { chooseAccount, loadSession, session } from "../state/session.ts";
import { Problem } from "../ui/problem.tsx";
import { useAction } from "../ui/use-action.ts";

/** The signed-in person's invitations. */
export function Invitations() {
  return (
    <>
      {session.value?.invitations.map((invitation) => (
        <Invited key={invitation.id} invitation={invitation} />
      ))}
    </>
  );
}

function Invited({ invitation }: { invitation: Schemas["Invitation"] }) {
  const params = { path: { id: invitation.id } };
  const accept = useAction(async () => {
    const { account } = await answerOf(rescdn.POST("/v1/invitations/{id}/accept", { params }));
    await loadSession();
    chooseAccount(account);
  });
  const refuse = useAction(async () => {
    await answerOf(rescdn.DELETE("/v1/invitations/{id}", { params }));
    await loadSession();
  });
  return (
    <div class="card">
      <p>
        <strong>{invitation.invited_by}</strong> invites you to <strong>{invitation.account_name}</strong> as{" "}
        {invitation.role}.
      </p>
      <Problem problem={accept.problem ?? refuse.problem} />
      <div class="buttons">
        <button type="button" class="button" disabled={accept.isRunning} onClick={() => accept.run()}>
          Accept
        </button>
        <button type="button" class="button quiet" disabled={refuse.isRunning} onClick={() => refuse.run()}>
          Refuse
        </button>
      </div>
    </div>
  );
}
