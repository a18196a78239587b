import { computed, signal } from "@preact/signals";
import type { Schemas } from "../api/schemas.ts";

/** Who is signed in, with the accounts that they act for. */
export type Session = Schemas["SignedIn"];
export type Membership = Schemas["Membership"];

/** Undefined: not known yet. Null: nobody. */
export const session = signal<Session | null | undefined>(undefined);
/** Live zones are shown, or test zones. */
export const mode = signal<"live" | "test">(stored("mode") === "test" ? "test" : "live");
const chosen = signal<string | null>(stored("account"));

/** The account that is acted for. */
export const account = computed<Membership | null>(() => {
  const accounts = session.value?.accounts ?? [];
  return accounts.find(({ id }) => id === chosen.value) ?? accounts[0] ?? null;
});

/** Whether whoever is signed in may do what a role may. */
export function isAtLeast(role: "viewer" | "editor" | "owner"): boolean {
  const order = ["viewer", "editor", "owner"];
  return account.value !== null && order.indexOf(account.value.role) >= order.indexOf(role);
}

/** Asks who is signed in. */
export async function loadSession(): Promise<void> {
  const answer = await fetch("/v1/person", { headers: { accept: "application/json" } });
  session.value = answer.ok ? await answer.json() : null;
}

/** The session has ended while the page was open: what is typed stays, and signing in again goes on from here. */
export function noteSignedOut(): void {
  if (session.value) session.value = null;
}

export function chooseAccount(id: string): void {
  chosen.value = id;
  store("account", id);
}

export function chooseMode(wanted: "live" | "test"): void {
  mode.value = wanted;
  store("mode", wanted);
}

// Storage is a convenience: a browser may refuse it.
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
