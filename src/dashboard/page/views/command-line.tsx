import { useMemo, useState } from "preact/hooks";
import { answerTo, type CommandLineRequest, readRequest } from "../api/answer-to-command-line.ts";
import { rescdn, resolvedb } from "../api/client.ts";
import { answerOf } from "../api/problem.ts";
import { account, isAtLeast, mode } from "../state/session.ts";
import { Problem } from "../ui/problem.tsx";
import { Snippet } from "../ui/snippet.tsx";
import { useAction } from "../ui/use-action.ts";
import { useTitle } from "../ui/use-title.ts";
import { SCOPES, type Scope } from "./scopes.ts";

/** Opened by `rescdn login`: the signed-in person decides whether that machine gets keys, and for what. */
export function CommandLine() {
  useTitle("Sign in from a terminal");
  const request = useMemo(() => readRequest(location.search), []);
  return (
    <div class="reading">
      <h1>Sign in from a terminal</h1>
      {request === null ? (
        <p>
          This page is opened by <code>rescdn login</code>, the command line. Its address is incomplete: run the command
          again.
        </p>
      ) : !isAtLeast("owner") ? (
        <p>
          Only owners of an account can create keys. Ask one for a key, and pass it to <code>rescdn login --key</code>.
        </p>
      ) : (
        <Confirmation request={request} />
      )}
    </div>
  );
}

function Confirmation({ request }: { request: CommandLineRequest }) {
  // A command that asks for all of them names none.
  const asked = request.scopes.length === 0 ? SCOPES : SCOPES.filter(([scope]) => request.scopes.includes(scope));
  const [code, setCode] = useState<string | null>(null);
  const confirm = useAction(async () => {
    const made = await keysFor(
      request.name,
      asked.map(([scope]) => scope),
    );
    const answer = await answerTo(request, { ...made, account: account.value?.name });
    if (request.port !== null)
      location.assign(`http://127.0.0.1:${request.port}/signed-in?${new URLSearchParams({ code: answer })}`);
    setCode(answer);
  });
  if (code !== null) return <Done code={code} port={request.port} />;
  return (
    <>
      <p>
        <code>rescdn login</code> asks for keys, for the account <strong>{account.value?.name}</strong>
        {mode.value === "test" && ", but only for test zones"}. Confirm only what you have started yourself, on a
        machine that is yours.
      </p>
      <div class="card">
        <h2>{request.name}</h2>
        <p>A ResCDN key that does not expire, and that may</p>
        <ul>
          {asked.map(([scope, meaning]) => (
            <li key={scope}>
              {meaning} <code class="muted">{scope}</code>
            </li>
          ))}
        </ul>
        <p>and a ResolveDB key that may read and write records.</p>
        <p class="muted">You can revoke them under Keys, or with rescdn logout.</p>
        <Problem problem={confirm.problem} />
        <div class="buttons">
          <button
            type="button"
            class="button"
            disabled={confirm.isRunning || asked.length === 0}
            onClick={() => confirm.run()}
          >
            Create the keys, and sign in the terminal
          </button>
          <a class="button quiet" href="/">
            Cancel
          </a>
        </div>
      </div>
    </>
  );
}

function Done({ code, port }: { code: string; port: number | null }) {
  return (
    <>
      <p role="status">
        {port === null
          ? "Paste this code into the terminal where rescdn login waits, and nowhere else. It works only there."
          : "The keys are created. Your browser is going back to the terminal on this machine."}
      </p>
      {port === null && <Snippet label="Code" code={code} />}
    </>
  );
}

/** Makes both keys, or neither. */
async function keysFor(name: string, scopes: Scope[]) {
  const made = await answerOf(rescdn.POST("/v1/keys", { body: { name, scopes } }));
  try {
    const { api_key: key } = await answerOf(resolvedb.POST("/api/v1/api_keys", { body: { api_key: { name } } }));
    return { rescdn: { id: made.id, token: made.token }, resolvedb: { id: key.id, token: key.token } };
  } catch (error) {
    await rescdn.DELETE("/v1/keys/{id}", { params: { path: { id: made.id } } });
    throw error;
  }
}
