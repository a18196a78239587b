import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { HAS_BROWSER, signedInWindow, started } from "./visit.ts";

/** Gives a page a device that makes and shows passkeys, as soon as it is asked. */
async function giveDevice(page: Page) {
  const client = await page.context().newCDPSession(page);
  await client.send("WebAuthn.enable");
  const { authenticatorId } = await client.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return { client, authenticatorId };
}

/** Gives a page's browser a device, and the person who is signed in a passkey on it. */
async function addPasskey(page: Page): Promise<void> {
  await giveDevice(page);
  await page.goto("/account");
  await page.getByLabel("Name of the new passkey").fill("Test device");
  await page.getByRole("button", { name: "Add a passkey" }).click();
  await page.getByText("Test device", { exact: true }).waitFor();
}

describe.skipIf(!HAS_BROWSER)("a passkey", () => {
  it("is added, signs in without a mail, and no more once it is removed", async () => {
    const { page } = await signedInWindow();
    await addPasskey(page);

    await page.getByRole("button", { name: "Sign out", exact: true }).click();
    await page.getByRole("link", { name: "Start with a zone" }).waitFor();
    await page.goto("/keys");
    await page.getByRole("button", { name: "Use a passkey" }).click();
    await page.getByRole("heading", { name: "Keys", exact: true }).waitFor();

    await page.goto("/account");
    await page.getByRole("button", { name: "Remove" }).click();
    await page.getByRole("button", { name: "Remove the passkey" }).click();
    await page.getByText("Test device", { exact: true }).waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Sign out", exact: true }).click();
    await page.getByRole("link", { name: "Start with a zone" }).waitFor();
    await page.goto("/sign-in");
    await page.getByRole("button", { name: "Use a passkey" }).click();
    await page.getByRole("alert").waitFor();
    expect((await page.request.get(`${started.origin}/v1/person`)).status()).toBe(401);
  });

  it("of another site is not taken: its device has signed for that site", async () => {
    const { page } = await signedInWindow();
    await addPasskey(page);
    await page.context().clearCookies();
    await page.goto("/sign-in");
    // The answer of a device to a page of another site, brought here by whoever runs that.
    const answer = await page.evaluate(async () => {
      const options = await (await fetch("/auth/passkey/generate-authenticate-options")).json();
      const bytes = (text: string) =>
        Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
      const text = (buffer: ArrayBuffer) =>
        btoa(String.fromCharCode(...new Uint8Array(buffer)))
          .replaceAll("+", "-")
          .replaceAll("/", "_")
          .replaceAll("=", "");
      const made = (await navigator.credentials.get({
        publicKey: { challenge: bytes(options.challenge), userVerification: "preferred" },
      })) as PublicKeyCredential;
      const { authenticatorData, clientDataJSON, signature, userHandle } =
        made.response as AuthenticatorAssertionResponse;
      const elsewhere = new TextDecoder().decode(clientDataJSON).replace(location.origin, "https://evil.example");
      const shown = (clientData: ArrayBuffer, data: ArrayBuffer) =>
        fetch("/auth/passkey/verify-authentication", {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({
            response: {
              id: made.id,
              rawId: made.id,
              type: made.type,
              clientExtensionResults: {},
              response: {
                authenticatorData: text(data),
                clientDataJSON: text(clientData),
                signature: text(signature),
                ...(userHandle && { userHandle: text(userHandle) }),
              },
            },
          }),
        }).then((said) => said.status);
      const otherSite = new Uint8Array(authenticatorData.slice(0));
      otherSite[0]! ^= 1;
      return [
        await shown(new TextEncoder().encode(elsewhere).buffer as ArrayBuffer, authenticatorData),
        await shown(clientDataJSON, otherSite.buffer),
      ];
    });
    for (const status of answer) expect(status).toBeGreaterThanOrEqual(400);
    expect((await page.request.get(`${started.origin}/v1/person`)).status()).toBe(401);
  });
});
