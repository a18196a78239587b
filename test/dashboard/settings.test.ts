import { describe, expect, it } from "vitest";
import { byKey, newZone } from "./account.ts";
import { HAS_BROWSER, signedInWindow, started } from "./visit.ts";

interface Zone {
  settings: { browser_ttl: number | null; negative_ttl: number };
}

describe.skipIf(!HAS_BROWSER)("a zone's settings", () => {
  it("are changed by a form, and what is typed outlives a reload", async () => {
    const { page, account } = await signedInWindow();
    const zone = await newZone(started, account);
    await page.goto(`/zones/${zone}/settings`);
    await page.getByLabel("browser_ttl").fill("77");
    await page.reload();
    await page.getByRole("button", { name: "Save" }).waitFor();
    expect(await page.getByLabel("browser_ttl").inputValue()).toBe("77");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("button", { name: "Save" }).waitFor({ state: "detached" });
    expect((await byKey<Zone>(started, account, "GET", `/v1/zones/${zone}`)).settings.browser_ttl).toBe(77);
  });

  it("that somebody else has changed meanwhile are shown beside one's own, and neither is lost", async () => {
    const { page, account } = await signedInWindow();
    const zone = await newZone(started, account);
    await page.goto(`/zones/${zone}/settings`);
    await page.getByLabel("browser_ttl").fill("60");
    await byKey(started, account, "PATCH", `/v1/zones/${zone}`, { settings: { negative_ttl: 33 } });
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Somebody has changed this zone since you opened it").waitFor();
    const row = page.getByRole("row", { name: /negative_ttl/ });
    expect(await row.getByRole("cell").allTextContents()).toEqual(["10", "33", "same as theirs"]);
    await page.getByRole("button", { name: "Continue from theirs" }).click();
    await expect.poll(() => page.getByLabel("negative_ttl").inputValue()).toBe("33");
    expect(await page.getByLabel("browser_ttl").inputValue()).toBe("60");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("button", { name: "Save" }).waitFor({ state: "detached" });
    const { settings } = await byKey<Zone>(started, account, "GET", `/v1/zones/${zone}`);
    expect(settings).toMatchObject({ browser_ttl: 60, negative_ttl: 33 });
  });

  it("that are long are compared line by line", async () => {
    const { page, account } = await signedInWindow();
    const zone = await newZone(started, account);
    await page.goto(`/zones/${zone}/rules`);
    await page.getByRole("button", { name: "Add a rule" }).click();
    await page.getByLabel("Add to do").selectOption("cache");
    const theirs = { name: "A rule that somebody else has made", do: { edge_ttl: 60 } };
    await byKey(started, account, "PATCH", `/v1/zones/${zone}`, { settings: { rules: [theirs] } });
    await page.getByRole("button", { name: "Save" }).click();
    const diff = page.getByRole("alert").locator(".diff");
    await diff.waitFor();
    expect((await diff.locator(".gone").allTextContents()).join("")).toContain('"edge_ttl": 60');
    expect((await diff.locator(".new").allTextContents()).join("")).toContain('"cache": "bypass"');
  });
});
