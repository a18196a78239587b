import type { ComponentChildren } from "preact";
import { useLocation } from "preact-iso";
import icon from "../icon.svg";
import { account, chooseAccount, chooseMode, hasEnded, mode, session } from "../state/session.ts";
import { signOut } from "../state/sign-out.ts";
import { Problem } from "./problem.tsx";
import { SignedOut } from "./signed-out.tsx";
import { useAction } from "./use-action.ts";

const LINKS = [
  ["/zones", "Zones"],
  ["/usage", "Usage"],
  ["/keys", "Keys"],
  ["/records", "ResolveDB"],
  ["/members", "Members"],
  ["/audit", "Audit log"],
] as const;

/** The frame of every page for signed-in people: where they can go, and who they are. */
export function Shell({ children }: { children: ComponentChildren }) {
  const { path } = useLocation();
  const { person, accounts } = session.value!;
  const out = useAction(signOut);
  const current = (href: string) =>
    path === href || path.startsWith(`${href}/`) || (href === "/records" && path === "/webhooks")
      ? ("page" as const)
      : undefined;
  return (
    <div class="shell">
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <header class="side">
        <a class="brand" href="/">
          <img src={icon} alt="" width="24" height="24" />
          ResCDN
        </a>
        {accounts.length > 1 && (
          <label class="switch">
            <span class="unseen">Account</span>
            <select value={account.value?.id} onChange={({ currentTarget }) => chooseAccount(currentTarget.value)}>
              {accounts.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </select>
          </label>
        )}
        <nav aria-label="Main">
          {LINKS.map(([href, label]) => (
            <a key={href} href={href} aria-current={current(href)}>
              {label}
            </a>
          ))}
          {person.operator && (
            <a href="/operator" aria-current={current("/operator")}>
              Operator
            </a>
          )}
        </nav>
        <div class="side-end">
          <label class="mode">
            <input
              type="checkbox"
              checked={mode.value === "test"}
              onChange={({ currentTarget }) => chooseMode(currentTarget.checked ? "test" : "live")}
            />
            Test zones
          </label>
          <a href="/docs">Guides and API</a>
          <a href="/account" aria-current={current("/account")}>
            {person.email}
          </a>
          <button type="button" class="link" disabled={out.isRunning} onClick={() => out.run()}>
            Sign out
          </button>
        </div>
      </header>
      <main id="main" tabIndex={-1}>
        <Problem problem={out.problem} />
        {mode.value === "test" && (
          <p class="notice">You see test zones. What they serve does not count towards the quota.</p>
        )}
        {account.value?.state === "suspended" && (
          <p class="notice bad">
            This account is suspended: its zones serve nothing, and nothing can be changed. Ask the operator.
          </p>
        )}
        {children}
      </main>
      {hasEnded.value && <SignedOut />}
    </div>
  );
}
