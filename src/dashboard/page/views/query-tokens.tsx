import { useState } from "preact/hooks";
import { resolvedb } from "../api/client.ts";
import { answerOf } from "../api/problem.ts";
import { isAtLeast } from "../state/session.ts";
import { LineForm } from "../ui/line-form.tsx";
import { Loading } from "../ui/loading.tsx";
import { Secret } from "../ui/secret.tsx";
import { SmallButton } from "../ui/small-button.tsx";
import { Time } from "../ui/time.tsx";
import { useAction } from "../ui/use-action.ts";
import { useLoaded } from "../ui/use-loaded.ts";
import { useQuestion } from "../ui/use-question.tsx";

/** The tokens that open a private namespace. */
export function QueryTokens({ namespace }: { namespace: string }) {
  const path = { name: namespace };
  const [name, setName] = useState("");
  const [made, setMade] = useState<string | null>(null);
  const [question, ask] = useQuestion();
  const list = useLoaded(
    () => answerOf(resolvedb.GET("/api/v1/namespaces/{name}/query_tokens", { params: { path } })),
    [namespace],
  );
  const create = useAction(async () => {
    const body = { query_token: { name } };
    const { query_token: token } = await answerOf(
      resolvedb.POST("/api/v1/namespaces/{name}/query_tokens", { params: { path }, body }),
    );
    setMade(token.label);
    setName("");
    list.reload();
  });
  const revoke = ({ id, name: shown }: { id: string; name: string }) =>
    ask({
      title: `Revoke ${shown}?`,
      verb: "Revoke the token",
      text: <p>Names with its label are no longer answered.</p>,
      act: async () => {
        const params = { path: { ...path, id } };
        await answerOf(resolvedb.DELETE("/api/v1/namespaces/{name}/query_tokens/{id}", { params }));
        list.reload();
      },
      curl: { method: "DELETE", path: `/api/v1/namespaces/${namespace}/query_tokens/${id}` },
    });
  return (
    <section class="card reading">
      <h2>Query tokens</h2>
      <p class="hint">
        To read a name of this namespace, put a token's label after the operation:{" "}
        <code>get.auth-….config.{namespace}.v1.resolvedb.net</code>.
      </p>
      <Loading loaded={list} lines={1}>
        {({ query_tokens: tokens }) =>
          tokens.length > 0 && (
            <ul class="rows">
              {tokens.map((token) => (
                <li key={token.id}>
                  <span>
                    <strong>{token.name}</strong> <code>{token.prefix}…</code>{" "}
                    <span class="muted">
                      made <Time at={token.created_at} />
                    </span>
                  </span>
                  {isAtLeast("editor") && (
                    <SmallButton label={`Revoke ${token.name}`} act={() => revoke(token)}>
                      Revoke
                    </SmallButton>
                  )}
                </li>
              ))}
            </ul>
          )
        }
      </Loading>
      {isAtLeast("editor") && (
        <LineForm
          label="Name of the new token"
          placeholder="Production servers"
          value={name}
          set={setName}
          action={create}
          verb="New token"
        />
      )}
      {made !== null && <Secret title="The token's label" secret={made} close={() => setMade(null)} />}
      {question}
    </section>
  );
}
