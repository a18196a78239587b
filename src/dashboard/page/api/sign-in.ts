import { startAuthentication, startRegistration } from "@simplewebauthn/browser";
import { CallError, sentenceOf } from "./problem.ts";

/** How people sign in here, besides links. */
export interface Ways {
  github: boolean;
  sign_up: "open" | "invited" | "closed";
}

/** A signed-in browser. */
export interface OpenSession {
  id: string;
  token: string;
  createdAt: string;
  updatedAt: string;
  expiresAt: string;
  userAgent: string | null;
  ipAddress: string | null;
}

export interface Passkey {
  id: string;
  name: string | null;
  createdAt: string | null;
  deviceType: string;
}

/** Calls a sign-in route. @throws {CallError} if it refuses */
export async function call<Answer>(path: string, body?: unknown): Promise<Answer> {
  const answer = await fetch(`/auth${path}`, {
    ...(body !== undefined && {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    }),
  }).catch(() => null);
  const said = await answer?.json().catch(() => null);
  if (answer?.ok) return said as Answer;
  const sentence = said?.error ?? said?.message;
  throw new CallError({
    sentence: typeof sentence === "string" ? sentenceOf(sentence) : "The server cannot be reached. Try again.",
    fields: {},
    status: answer?.status ?? null,
    requestId: null,
  });
}

/** Whether this browser has passkeys at all. */
export const HAS_PASSKEYS = typeof PublicKeyCredential !== "undefined";

/** Signs in with a passkey that the person chooses. */
export async function signInByPasskey(): Promise<void> {
  const optionsJSON = await call<Parameters<typeof startAuthentication>[0]["optionsJSON"]>(
    "/passkey/generate-authenticate-options",
  );
  const response = await atDevice(() => startAuthentication({ optionsJSON }));
  await call("/passkey/verify-authentication", { response });
}

/** Makes a passkey on this device for the signed-in person. */
export async function addPasskey(name: string): Promise<void> {
  const optionsJSON = await call<Parameters<typeof startRegistration>[0]["optionsJSON"]>(
    "/passkey/generate-register-options",
  );
  const response = await atDevice(() => startRegistration({ optionsJSON }));
  await call("/passkey/verify-registration", { response, name });
}

/** Lets the person's device act. It refuses if they cancel, or take too long. */
async function atDevice<Answer>(act: () => Promise<Answer>): Promise<Answer> {
  try {
    return await act();
  } catch (error) {
    const isKnown = error instanceof Error && error.name === "InvalidStateError";
    throw new CallError({
      sentence: isKnown
        ? "This device already has a passkey for you."
        : "Your device gave no passkey. Try again, or use a link.",
      fields: {},
      status: null,
      requestId: null,
    });
  }
}
