import { hasEnded, session } from "./session.ts";

/** Ends the session, here and at the server. */
export async function signOut(): Promise<void> {
  await fetch("/auth/sign-out", { method: "POST" });
  session.value = null;
  location.assign("/");
}

/** For what asks for a fresh sign-in: ends the session and asks to sign in again over the page as it stands. */
export async function signInAgain(): Promise<void> {
  await fetch("/auth/sign-out", { method: "POST" });
  hasEnded.value = true;
}
