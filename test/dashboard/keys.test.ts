import { describe, expect, it } from "vitest";
import { HAS_BROWSER, signedInWindow, started } from "./visit.ts";

const statusOf = async (key: string) =>
  (await fetch(`http://127.0.0.1:${started.port}/v1/me`, { headers: { "X-ResCDN-Key": key } })).status;

describe.skipIf(!HAS_BROWSER)("a key", () => {
  it("is made with what was ticked, shown once, rotated with a day of grace, and revoked after a question", async () => {
    const { page } = await signedInWindow();
    await page.goto("/keys");
    await page.getByRole("button", { name: "New key" }).click();
    await page.getByLabel("Name").fill("Releases");
    await page.getByRole("button", { name: "Create the key" }).click();
    const shown = page.getByRole("dialog").locator(".secret code");
    const first = (await shown.textContent()) ?? "";
    expect(first).toMatch(/^rk_live_/);
    await page.getByRole("button", { name: "I have copied it" }).click();
    expect(await statusOf(first)).toBe(200);
    await page.reload();
    await page.getByRole("row", { name: /Releases/ }).waitFor();
    expect(await page.content()).not.toContain(first);

    await page.getByRole("button", { name: "Rotate Releases" }).click();
    await page.getByRole("button", { name: "Make a new key" }).click();
    await expect.poll(() => shown.textContent()).not.toBe(first);
    const second = (await shown.textContent()) ?? "";
    await page.getByRole("button", { name: "I have copied it" }).click();
    expect([await statusOf(first), await statusOf(second)]).toEqual([200, 200]);

    const row = page.getByRole("row").filter({ hasText: second.slice(0, 12) });
    await row.getByRole("button", { name: "Revoke" }).click();
    await page.getByRole("button", { name: "Cancel" }).click();
    expect(await statusOf(second)).toBe(200);
    await row.getByRole("button", { name: "Revoke" }).click();
    await page.getByRole("button", { name: "Revoke the key" }).click();
    await expect.poll(() => statusOf(second)).toBe(401);
  });
});
