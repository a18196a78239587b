import { describe, expect, it } from "vitest";
import { accountOf, newAccount, newName, newZone, statusOf } from "./account.ts";
import { OPERATOR } from "./started.ts";
import { HAS_BROWSER, signedInWindow, started } from "./visit.ts";

const meOf = async (key: string) =>
  (await fetch(`http://127.0.0.1:${started.port}/v1/me`, { headers: { "X-ResCDN-Key": key } })).status;

describe.skipIf(!HAS_BROWSER)("an operator", () => {
  it("makes an account, gives it new keys, suspends it and lets it go on", async () => {
    const { page } = await signedInWindow(await accountOf(started, OPERATOR));
    const email = `${newName("acme")}@example.com`;
    await page.goto("/operator");
    await page.getByRole("button", { name: "New account" }).click();
    await page.getByRole("dialog").getByLabel("Name").fill("Acme");
    await page.getByRole("dialog").getByLabel("E-mail address").fill(email);
    await page.getByRole("button", { name: "Create the account" }).click();
    const keys = page.getByRole("dialog").locator(".secret code");
    const first = (await keys.first().textContent()) ?? "";
    expect(await meOf(first)).toBe(200);
    await page.getByRole("button", { name: "I have copied them" }).click();

    await page.getByLabel("Accounts with this e-mail address").fill(email);
    await page.getByRole("row", { name: /Acme/ }).waitFor();
    await page.getByRole("button", { name: "New keys for Acme" }).click();
    await page.getByLabel("Revoke all existing keys").check();
    await page.getByRole("button", { name: "Create new keys" }).click();
    await expect.poll(() => keys.first().textContent()).not.toBe(first);
    const second = (await keys.first().textContent()) ?? "";
    await page.getByRole("button", { name: "I have copied them" }).click();
    expect([await meOf(first), await meOf(second)]).toEqual([401, 200]);

    await page.getByRole("button", { name: "Suspend Acme" }).click();
    await page.getByLabel("Reason").fill("unpaid");
    await page.getByRole("button", { name: "Suspend", exact: true }).click();
    await page.getByText("suspended", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Resume Acme" }).click();
    await page.getByText("suspended", { exact: true }).waitFor({ state: "detached" });
  });

  it("takes a URL down, which answers 451 then, and lifts it", async () => {
    const { page } = await signedInWindow(await accountOf(started, OPERATOR));
    const zone = await newZone(started, await newAccount(started));
    const url = `https://${zone}.rescdn.io/assets/reset.css`;
    expect(await statusOf(started, zone, "/assets/reset.css")).toBe(200);
    await page.goto("/operator");
    await page.getByLabel("URL").fill(url);
    await page.getByLabel("Reference").fill("DSA-2026-0017");
    await page.getByRole("button", { name: "Block it" }).click();
    const lift = page.getByRole("button", { name: `Lift the takedown of ${url}` });
    await lift.waitFor();
    expect(await statusOf(started, zone, "/assets/reset.css")).toBe(451);
    await lift.click();
    await page.getByRole("button", { name: "Lift it" }).click();
    await lift.waitFor({ state: "detached" });
    expect(await statusOf(started, zone, "/assets/reset.css")).toBe(200);
  });
});
