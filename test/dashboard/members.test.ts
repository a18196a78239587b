import { describe, expect, it } from "vitest";
import { newAccount, newZone } from "./account.ts";
import { HAS_BROWSER, signedInWindow, started } from "./visit.ts";

describe.skipIf(!HAS_BROWSER)("a member", () => {
  it("is invited, accepts in a browser of their own, and as a viewer reads and changes nothing", async () => {
    const { page: owner, account } = await signedInWindow();
    const zone = await newZone(started, account);
    const guest = await newAccount(started);
    await owner.goto("/members");
    await owner.getByLabel("E-mail address").fill(guest.email);
    await owner.getByRole("radio", { name: /viewer/ }).check();
    await owner.getByRole("button", { name: "Invite" }).click();
    await owner.getByRole("row", { name: new RegExp(`${guest.email}.*invited`) }).waitFor();

    const { page } = await signedInWindow(guest);
    await page.goto("/account");
    await page.getByRole("button", { name: "Accept" }).click();
    await expect.poll(() => page.getByRole("combobox", { name: "Account" }).inputValue()).toBe(account.id);
    await page.goto(`/zones/${zone}/settings`);
    await page.getByText("You may read these settings").waitFor();
    expect(await page.getByLabel("browser_ttl").isDisabled()).toBe(true);
    expect(await page.getByRole("button", { name: "Delete the zone" }).count()).toBe(0);
    await page.goto("/keys");
    await page.getByText("only owners can see and create them").waitFor();
    // The server says no as well, to whoever goes around the page.
    const status = await page.evaluate(
      ([id, name]) =>
        fetch(`/v1/zones/${name}`, { method: "DELETE", headers: { "x-rescdn-account": id! } }).then(
          (said) => said.status,
        ),
      [account.id, zone],
    );
    expect(status).toBe(403);

    await owner.reload();
    await owner
      .getByRole("row", { name: new RegExp(guest.email) })
      .getByRole("button", { name: "Remove" })
      .click();
    await owner.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
    await owner.getByRole("row", { name: new RegExp(guest.email) }).waitFor({ state: "detached" });
    await page.goto(`/zones/${zone}`);
    await page.getByRole("alert").waitFor();
  });
});
