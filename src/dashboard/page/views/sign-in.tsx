import { useEffect, useState } from "preact/hooks";
import { CallError } from "../api/problem.ts";
import icon from "../icon.svg";
import { session } from "../state/session.ts";
import { Field } from "../ui/field.tsx";
import { Problem } from "../ui/problem.tsx";
import { useAction } from "../ui/use-action.ts";
import { useTitle } from "../ui/use-title.ts";

/** Asks for an address, and says where the link has gone. It does not say whether anybody has that address here. */
export function SignIn() {
  useTitle("Sign in");
  const [email, setEmail] = useState("");
  const [sentTo, setSentTo] = useState<string | null>(null);
  useEffect(() => {
    if (session.value && location.pathname === "/sign-in") location.replace("/");
  }, [session.value]);
  const ask = useAction(async () => {
    await post("/auth/links", { email });
    rememberWhereTo();
    setSentTo(email);
  });
  const submit = (event: Event) => {
    event.preventDefault();
    ask.run();
  };
  return (
    <main class="narrow">
      <a class="brand" href="/">
        <img src={icon} alt="" width="28" height="28" />
        ResCDN
      </a>
      {sentTo === null ? (
        <form class="card" onSubmit={submit}>
          <h1>Sign in</h1>
          <Field label="E-mail address" hint="We send you a link that signs you in. There is no password.">
            {(attributes) => (
              <input
                {...attributes}
                type="email"
                required
                autocomplete="email"
                // biome-ignore lint/a11y/noAutofocus: it is all that this page is for.
                autofocus
                value={email}
                onInput={({ currentTarget }) => setEmail(currentTarget.value)}
              />
            )}
          </Field>
          <Problem problem={ask.problem} />
          <button type="submit" class="button wide" disabled={ask.isRunning}>
            Send me a link
          </button>
        </form>
      ) : (
        <div class="card" role="status">
          <h1>Look into your mail</h1>
          <p>
            A link is on its way to <strong>{sentTo}</strong>. It works once, within 15 minutes.
          </p>
          {location.hostname === "localhost" && (
            <p class="hint">On your own machine no mail is sent: the link stands in the terminal of the server.</p>
          )}
          <button type="button" class="button quiet" onClick={() => setSentTo(null)}>
            Use another address
          </button>
        </div>
      )}
    </main>
  );
}

/** Calls a route of signing in. @throws {CallError} where it refuses */
export async function post(path: string, body: unknown): Promise<unknown> {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  }).catch(() => null);
  if (answer?.ok) return answer.json();
  const { error } = (await answer?.json().catch(() => ({}))) ?? {};
  throw new CallError({
    sentence:
      typeof error === "string"
        ? `${error.charAt(0).toUpperCase()}${error.slice(1)}.`
        : "The server cannot be reached.",
    fields: {},
    status: answer?.status ?? null,
    requestId: null,
  });
}

const WHERE_TO = "rescdn.where-to";

/** After signing in one comes back to where one was; only a path of our own is ever kept. */
function rememberWhereTo(): void {
  if (location.pathname !== "/sign-in") localStorage.setItem(WHERE_TO, location.pathname + location.search);
}

/** Where to go after signing in. What does not stay on this host is left aside. */
export function whereTo(): string {
  const kept = localStorage.getItem(WHERE_TO);
  localStorage.removeItem(WHERE_TO);
  return kept !== null && /^\/(?![/\\])/.test(kept) ? kept : "/";
}
