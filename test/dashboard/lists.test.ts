import { describe, expect, it } from "vitest";
import { newName, newZone } from "./account.ts";
import { HAS_BROWSER, signedInWindow, started } from "./visit.ts";

describe.skipIf(!HAS_BROWSER)("a list of several pages", () => {
  it("is where it was when one comes back to it, and what was searched for stands in its address", async () => {
    const { page, account } = await signedInWindow();
    const names = Array.from({ length: 52 }, (_, index) => `${newName(`n${String(index).padStart(2, "0")}`)}`);
    for (const name of names) await newZone(started, account, name);
    await page.goto("/zones");
    const rows = page.getByRole("rowheader");
    await rows.nth(49).waitFor();
    const first = await rows.first().textContent();
    await page.getByRole("button", { name: "More" }).click();
    await expect.poll(() => rows.count()).toBe(2);
    const second = await rows.first().textContent();
    expect(second).not.toBe(first);
    await rows.first().getByRole("link").click();
    await page.getByText("Waiting for a request").waitFor();
    await page.goBack();
    await expect.poll(() => rows.first().textContent()).toBe(second);
    await page.getByRole("button", { name: "Back" }).click();
    await expect.poll(() => rows.first().textContent()).toBe(first);

    await page.getByRole("searchbox").fill("n07");
    await expect.poll(() => rows.count()).toBe(1);
    await page.reload();
    await expect.poll(() => rows.count()).toBe(1);
    expect(await page.getByRole("searchbox").inputValue()).toBe("n07");
  });

  it("pauses a zone after a question, and resumes it at once", async () => {
    const { page, account } = await signedInWindow();
    const zone = await newZone(started, account);
    await page.goto("/zones");
    await page.getByRole("button", { name: `Pause ${zone}` }).click();
    await page.getByRole("button", { name: "Pause the zone" }).click();
    await page.getByRole("row", { name: new RegExp(`${zone}.*paused`) }).waitFor();
    await page.getByRole("button", { name: `Resume ${zone}` }).click();
    await page.getByText("paused", { exact: true }).waitFor({ state: "detached" });
  });
});
