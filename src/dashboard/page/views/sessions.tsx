import { call, type OpenSession } from "../api/sign-in.ts";
import { session } from "../state/session.ts";
import { signOut } from "../state/sign-out.ts";
import { Loading } from "../ui/loading.tsx";
import { Problem } from "../ui/problem.tsx";
import { SmallButton } from "../ui/small-button.tsx";
import { Time } from "../ui/time.tsx";
import { useAction } from "../ui/use-action.ts";
import { useLoaded } from "../ui/use-loaded.ts";
import { useQuestion } from "../ui/use-question.tsx";

/** Where the person is signed in; they can end each session. */
export function Sessions() {
  const list = useLoaded(async () => {
    const [all, own] = await Promise.all([
      call<OpenSession[]>("/list-sessions"),
      call<{ session: { id: string } } | null>("/get-session"),
    ]);
    return all.map((one) => ({ ...one, isThis: one.id === own?.session.id }));
  }, [session.value?.person.id]);
  const [question, ask] = useQuestion();
  const out = useAction(signOut);
  const end = ({ token, userAgent }: OpenSession) =>
    ask({
      title: `Sign out ${browserOf(userAgent)}?`,
      verb: "End the session",
      text: <p>Whoever uses that browser must sign in again. What is not saved there may be lost.</p>,
      act: async () => {
        await call("/revoke-session", { token });
        list.reload();
      },
    });
  const endOthers = () =>
    ask({
      title: "Sign out everywhere else?",
      verb: "End all other sessions",
      text: <p>Every browser except this one must sign in again.</p>,
      act: async () => {
        await call("/revoke-other-sessions", {});
        list.reload();
      },
    });
  return (
    <section class="card">
      <h2>Where you are signed in</h2>
      <Loading loaded={list} lines={2}>
        {(sessions) => (
          <ul class="rows">
            {sessions.map((one) => (
              <li key={one.id}>
                <span>
                  <strong>{browserOf(one.userAgent)}</strong> {one.isThis && <span class="tag good">this browser</span>}
                  <br />
                  <span class="muted">
                    {one.ipAddress && `${one.ipAddress}, `}since <Time at={one.createdAt} />, ends{" "}
                    <Time at={one.expiresAt} />
                  </span>
                </span>
                {!one.isThis && (
                  <SmallButton label={`End ${browserOf(one.userAgent)}`} act={() => end(one)}>
                    End
                  </SmallButton>
                )}
              </li>
            ))}
          </ul>
        )}
      </Loading>
      <div class="buttons">
        <button type="button" class="button quiet" onClick={endOthers}>
          Sign out everywhere else
        </button>
        <button type="button" class="button quiet" onClick={() => out.run()}>
          Sign out here
        </button>
      </div>
      <Problem problem={out.problem} />
      {question}
    </section>
  );
}

/** A browser's name that people recognise. */
function browserOf(agent: string | null): string {
  if (agent === null || agent === "") return "A browser";
  const [, name] = /(Edg|OPR|Firefox|Chrome|Safari)\//.exec(agent) ?? [];
  const [system] = /Android|iPhone|iPad|Windows|Mac OS X|Linux/.exec(agent) ?? [];
  const names: Record<string, string> = { Edg: "Edge", OPR: "Opera" };
  return [name === undefined ? "A browser" : (names[name] ?? name), system && `on ${system}`].filter(Boolean).join(" ");
}
