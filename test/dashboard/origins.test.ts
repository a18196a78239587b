import { describe, expect, it } from "vitest";
import { ask, newName, newZoneOfSeveral } from "./account.ts";
import { HAS_BROWSER, signedInWindow, started } from "./visit.ts";

describe.skipIf(!HAS_BROWSER)("a zone with several origins", () => {
  it("says which of them is asked, which is down, and why", async () => {
    const { page, account } = await signedInWindow();
    const zone = newName("several");
    await newZoneOfSeveral(started, account, zone);
    await page.goto(`/zones/${zone}`);
    const rows = page.getByRole("region", { name: "Origins" }).getByRole("row");
    await rows.nth(2).waitFor();
    expect(await rows.nth(1).textContent()).toMatch(/^mainup.*first.*not down/);
    for (let times = 0; times < 3; times++) await ask(started, zone, `/assets/reset.css?${times}`);
    await expect
      .poll(async () => {
        await page.getByRole("button", { name: "Refresh the origins" }).click();
        return rows.nth(1).textContent();
      })
      .toMatch(/^maindown.*last.*down since.*origin-/);
    expect(await rows.nth(2).textContent()).toMatch(/^spareup.*first/);
  });
});
