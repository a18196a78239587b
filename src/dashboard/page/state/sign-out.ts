import { session } from "./session.ts";

/** Ends the session, here and at the server. */
export async function signOut(): Promise<void> {
  await fetch("/auth/sign-out", { method: "POST" });
  session.value = null;
  location.assign("/");
}
