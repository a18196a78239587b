import { describe, expect, it } from "vitest";
import { ask, newZone } from "./account.ts";
import { HAS_BROWSER, signedInWindow, started } from "./visit.ts";

describe.skipIf(!HAS_BROWSER)("what is prefetched", () => {
  it("is a hit for the first who asks, and its results are at an address of their own", async () => {
    const { page, account } = await signedInWindow();
    const zone = await newZone(started, account);
    await page.goto(`/zones/${zone}/purge`);
    await page.getByRole("textbox", { name: "To fetch" }).fill("/assets/reset.css\n/missing.png");
    await page.getByRole("button", { name: "Bring to the edge" }).click();
    await page.getByRole("heading", { name: "2 of 2 fetched" }).waitFor();
    await page.getByRole("row", { name: /\/assets\/reset\.css stored 200/ }).waitFor();
    expect(await ask(started, zone, "/assets/reset.css")).toBe("HIT");
    await page.reload();
    await page.getByRole("heading", { name: "2 of 2 fetched" }).waitFor();
  });
});
