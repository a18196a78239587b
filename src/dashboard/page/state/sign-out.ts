import { call } from "../api/sign-in.ts";
import { forgetTyped, hasEnded, session } from "./session.ts";

/** Ends the session, here and at the server, and forgets what was typed. @throws {CallError} if the server has not ended it */
export async function signOut(): Promise<void> {
  await call("/sign-out", {});
  forgetTyped();
  session.value = null;
  location.assign("/");
}

/** For actions that need a fresh sign-in: ends the session, and asks to sign in again over the page as it is. */
export async function signInAgain(): Promise<void> {
  await call("/sign-out", {});
  hasEnded.value = true;
}
