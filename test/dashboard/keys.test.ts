import { describe, expect, it } from "vitest";
import { byKey } from "./account.ts";
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
    await page.getByRole("button", { name: "Create a new key" }).click();
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

  it("says that it may do everything only where it has every scope", async () => {
    const { page, account } = await signedInWindow();
    const all = ["zones:read", "zones:write", "purge", "usage:read", "keys:write", "files:write"];
    await byKey(started, account, "POST", "/v1/keys", { name: "Whole", scopes: all });
    await byKey(started, account, "POST", "/v1/keys", { name: "Nearly", scopes: all.slice(0, 5) });
    await page.goto("/keys");
    await page.getByRole("row", { name: /Whole.*everything/ }).waitFor();
    await page.getByRole("row", { name: /Nearly.*zones:read, zones:write, purge/ }).waitFor();
  });

  it("of ResolveDB reads records, and is revoked after a question", async () => {
    const { page } = await signedInWindow();
    const reads = async (token: string) =>
      (
        await fetch(`http://127.0.0.1:${started.port}/api/v1/records`, {
          headers: { Authorization: `Bearer ${token}` },
        })
      ).status;
    await page.goto("/keys");
    await page.getByRole("button", { name: "New ResolveDB key" }).click();
    await page.getByRole("dialog").getByLabel("Name").fill("Reader");
    await page.getByRole("button", { name: "Create the key" }).click();
    const token = (await page.getByRole("dialog").locator(".secret code").textContent()) ?? "";
    await page.getByRole("button", { name: "I have copied it" }).click();
    expect(await reads(token)).toBe(200);
    await page.getByRole("row", { name: /Reader.*read/ }).waitFor();
    await page.getByRole("button", { name: "Revoke Reader" }).click();
    await page.getByRole("button", { name: "Revoke the key" }).click();
    await expect.poll(() => reads(token)).toBe(401);
  });
});
