import { computed, signal } from "@preact/signals";
import type { Schemas } from "../api/schemas.ts";

/** Who is signed in, with the accounts that they act for. */
export type Session = Schemas["SignedIn"];
export type Membership = Schemas["Membership"];

/** Undefined: not known yet. Null: nobody. */
export const session = signal<Session | null | undefined>(undefined);
/** Whether live zones or test zones are shown. */
export const mode = signal<"live" | "test">(stored("mode") === "test" ? "test" : "live");
const chosen = signal<string | null>(stored("account"));

/** The account that the person acts for. */
export const account = computed<Membership | null>(() => {
  const accounts = session.value?.accounts ?? [];
  return accounts.find(({ id }) => id === chosen.value) ?? accounts[0] ?? null;
});

/** The account that was chosen on this machine; null: the first one. */
export const chosenAccount = () => chosen.value;

/** Whether the signed-in person may do what a role may. */
export function isAtLeast(role: "viewer" | "editor" | "owner"): boolean {
  const order = ["viewer", "editor", "owner"];
  return account.value !== null && order.indexOf(account.value.role) >= order.indexOf(role);
}

/** The session ended while the page was open: the page stays as it is, and asks to sign in again. */
export const hasEnded = signal(false);
/** Nobody has answered who is signed in. */
export const isUnreachable = signal(false);

/** Asks who is signed in. */
export async function loadSession(): Promise<void> {
  const answer = await fetch("/v1/person").catch(() => null);
  isUnreachable.value = answer === null || (!answer.ok && answer.status !== 401);
  if (answer === null || isUnreachable.value) return;
  const found: Session | null = answer.ok ? await answer.json() : null;
  if (hasEnded.value) {
    // If the person had to sign in again and has not yet, the page is still theirs.
    if (found === null) return;
    // What another person sees here must not be the first one's.
    if (found.person.id !== session.value?.person.id) {
      forgetTyped();
      location.reload();
    }
  }
  hasEnded.value = false;
  session.value = found;
}

/** What was typed stays, and the person continues after signing in again. */
export function noteSignedOut(): void {
  if (session.value) hasEnded.value = true;
}

/** Forgets everything typed that this tab keeps, including secrets: somebody else may come next. */
export function forgetTyped(): void {
  try {
    sessionStorage.clear();
  } catch {
    // Then nothing was kept.
  }
}

export function chooseAccount(id: string): void {
  chosen.value = id;
  store("account", id);
}

export function chooseMode(wanted: "live" | "test"): void {
  mode.value = wanted;
  store("mode", wanted);
}

// Storage is only a convenience, and a browser may refuse it.
function stored(name: string): string | null {
  try {
    return localStorage.getItem(`rescdn.${name}`);
  } catch {
    return null;
  }
}

function store(name: string, value: string): void {
  try {
    localStorage.setItem(`rescdn.${name}`, value);
  } catch {
    // As above.
  }
}
