import { useEffect, useState } from "preact/hooks";
import { call, HAS_PASSKEYS, signInByPasskey, type Ways } from "../api/sign-in.ts";
import { loadSession, session } from "../state/session.ts";
import { Field } from "../ui/field.tsx";
import { Problem } from "../ui/problem.tsx";
import { useAction } from "../ui/use-action.ts";
import { useLoaded } from "../ui/use-loaded.ts";
import { SignInFrame } from "./sign-in-frame.tsx";

/** The page for people who are not signed in. */
export function SignIn() {
  useEffect(() => {
    if (session.value && location.pathname === "/sign-in") location.replace("/");
  }, [session.value]);
  return (
    <SignInFrame>
      {new URLSearchParams(location.search).has("error") && (
        <p class="notice bad" role="alert">
          GitHub could not sign you in. Your address there must be verified, and you may need an invitation.
        </p>
      )}
      <WaysToSignIn />
    </SignInFrame>
  );
}

/** Asks for an address, and says where the link was sent. It does not reveal whether anybody here has that address. */
export function WaysToSignIn({ known = "" }: { known?: string }) {
  const [email, setEmail] = useState(known);
  const [sentTo, setSentTo] = useState<string | null>(null);
  const ask = useAction(async () => {
    await call("/links", { email });
    rememberWhereTo();
    setSentTo(email);
  });
  const ways = useLoaded(() => call<Ways>("/ways"), []);
  const byPasskey = useAction(async () => {
    await signInByPasskey();
    await loadSession();
  });
  const byGithub = useAction(async () => {
    const { url } = await call<{ url: string }>("/sign-in/social", { provider: "github", callbackURL: "/" });
    location.assign(url);
  });
  const submit = (event: Event) => {
    event.preventDefault();
    ask.run();
  };
  if (ways.problem?.status === 503)
    return (
      <p>
        Nobody can sign in here yet: the operator must set <code>SIGN_IN_SECRET</code>, 32 characters or more that
        nobody can guess. The API already accepts keys: see <a href="/docs/api">its reference</a>.
      </p>
    );
  if (sentTo !== null)
    return (
      <div role="status" class="stack">
        <p>
          A link is on its way to <strong>{sentTo}</strong>. It works once, within 15 minutes.
        </p>
        {location.hostname === "localhost" && (
          <p class="hint">On your own machine no mail is sent: the link is shown in the server's terminal.</p>
        )}
        <button type="button" class="button quiet" onClick={() => setSentTo(null)}>
          Use another address
        </button>
      </div>
    );
  return (
    <form class="stack" onSubmit={submit}>
      <Field label="E-mail address" hint="We send you a link that signs you in. There is no password.">
        {(attributes) => (
          <input
            {...attributes}
            type="email"
            required
            autocomplete="email"
            autofocus
            value={email}
            onInput={({ currentTarget }) => setEmail(currentTarget.value)}
          />
        )}
      </Field>
      <Problem problem={ask.problem ?? byPasskey.problem ?? byGithub.problem} />
      <button type="submit" class="button wide" disabled={ask.isRunning}>
        Send me a link
      </button>
      {HAS_PASSKEYS && (
        <button type="button" class="button quiet wide" disabled={byPasskey.isRunning} onClick={() => byPasskey.run()}>
          Use a passkey
        </button>
      )}
      {ways.data?.github && (
        <button type="button" class="button quiet wide" disabled={byGithub.isRunning} onClick={() => byGithub.run()}>
          Sign in with GitHub
        </button>
      )}
      {ways.data && ways.data.sign_up !== "open" && (
        <p class="hint">New here? Somebody who has an account must invite you.</p>
      )}
    </form>
  );
}

const WHERE_TO = "rescdn.where-to";

/** After signing in, the person returns to where they were; only our own paths are ever stored. */
function rememberWhereTo(): void {
  if (!location.pathname.startsWith("/sign-in")) localStorage.setItem(WHERE_TO, location.pathname + location.search);
}

/** Where to go after signing in. Anything that does not stay on this host is ignored. */
export function whereTo(): string {
  const kept = localStorage.getItem(WHERE_TO);
  localStorage.removeItem(WHERE_TO);
  if (kept === null) return "/";
  const url = URL.parse(kept, location.origin);
  return url?.origin === location.origin ? url.pathname + url.search : "/";
}
