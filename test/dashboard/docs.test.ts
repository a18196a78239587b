import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { newAccount } from "./account.ts";
import { problemsOf, SCREENS, shownOn } from "./problems-of.ts";
import { HAS_BROWSER, newWindow, started } from "./visit.ts";

/** The start page, all guides, and the page that is shown where there is none. */
async function guidesOf(page: Page): Promise<string[]> {
  await page.goto("/docs");
  const links = await page.locator(".cards a").evaluateAll((all) => all.map((one) => one.getAttribute("href")!));
  return ["/docs", ...links.filter((path) => !path.startsWith("/docs/api")), "/docs/no-such-guide"];
}

describe.skipIf(!HAS_BROWSER)("every page of the documentation", () => {
  // Both schemes and both widths: the pages differ in their words alone.
  it.each([
    [...SCREENS[0], 0],
    [...SCREENS[3], 1],
  ] as const)(
    "breaks no rule of WCAG 2.2 AA that axe-core knows, and fits, on %s",
    async (_, screen, from) => {
      const page = await newWindow(screen);
      const wrong: string[] = [];
      for (const path of shownOn(await guidesOf(page), from)) {
        await page.goto(path);
        wrong.push(...(await problemsOf(page)).map((each) => `${path}: ${each}`));
      }
      expect(wrong).toEqual([]);
    },
    300_000,
  );
});

describe.skipIf(!HAS_BROWSER)("who reads the guides", () => {
  it("finds a section by the keyboard alone, with the heading that it stands under", async () => {
    const page = await newWindow();
    await page.goto("/docs/operating");
    await page.keyboard.press("/");
    await page.keyboard.type("type-mismatch");
    const found = page.locator("#found a");
    await found.first().waitFor();
    expect(await found.first().locator("strong").textContent()).toBe("type-mismatch");
    expect(await page.locator("#found [role=status]").textContent()).toMatch(/^\d+ found$/);
    await page.keyboard.press("ArrowDown");
    expect(await found.first().evaluate((link) => link === document.activeElement)).toBe(true);
    await page.keyboard.press("Enter");
    await page.waitForURL("**/docs/why-not-cached#type-mismatch");
    await page.keyboard.press("/");
    await page.keyboard.type("zzzzzz");
    await page.getByText("Nothing was found for “zzzzzz”.").waitFor();
    await page.keyboard.press("Escape");
    await page.locator("#found").waitFor({ state: "hidden" });
    expect(await page.locator("#search").evaluate((field) => field === document.activeElement)).toBe(true);
  });

  it("copies a block of code as it stands there", async () => {
    const page = await newWindow({ permissions: ["clipboard-read", "clipboard-write"] });
    await page.goto("/docs/why-not-cached");
    const block = page.locator(".code").first();
    const button = block.getByRole("button", { name: "Copy" });
    await button.focus();
    await page.keyboard.press("Enter");
    await block.getByRole("button", { name: "Copied" }).waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(await block.locator("code").textContent());
  });

  it("finds all guides without JavaScript, on a phone too", async () => {
    const page = await newWindow({ javaScriptEnabled: false, viewport: { width: 390, height: 844 } });
    await page.goto("/docs/operating");
    const list = page.getByRole("navigation", { name: "Guides" });
    expect(await list.isVisible()).toBe(false);
    await page.getByRole("button", { name: "All guides" }).click();
    await list.getByRole("link", { name: "Why was it not cached?" }).click();
    await page.getByRole("heading", { level: 1, name: "Why was it not cached?" }).waitFor();
    expect(await page.locator("search").isVisible()).toBe(false);
  });

  it("goes from one guide to the next, and sees in the list of headings which one is read", async () => {
    const page = await newWindow({ viewport: { width: 1400, height: 800 } });
    await page.goto("/docs/why-not-cached");
    await page.locator("#type-mismatch").evaluate((heading) => heading.scrollIntoView({ block: "start" }));
    await page.locator('nav.contents a[href="#type-mismatch"][aria-current="location"]').waitFor();
    const next = page.locator("a[rel=next]");
    const name = await next.evaluate((link) => link.lastChild!.textContent);
    await next.click();
    expect(await page.locator(".side [aria-current=page]").textContent()).toBe(name);
  });
});

describe.skipIf(!HAS_BROWSER)("the API's reference", () => {
  it.each([
    ["/docs#/Zones/listZones", "/docs/api#/Zones/listZones"],
    ["/docs?urls.primaryName=ResolveDB#/Records", "/docs/api/resolvedb#/Records"],
  ])("is where links of old lead: %s", async (old, now) => {
    const page = await newWindow();
    await page.goto(old);
    await page.waitForURL(`**${now}`);
  });

  it("calls the API with the reader's own key, in whose place nothing is kept", async () => {
    const { keys } = await newAccount(started);
    const page = await newWindow({ colorScheme: "dark" });
    await page.goto("/docs/api");
    await page.getByRole("button", { name: "Authorize" }).first().click();
    await page.getByRole("textbox").first().fill(keys.live);
    await page.locator(".auth-btn-wrapper .authorize").first().click();
    await page.locator(".auth-btn-wrapper .btn-done").first().click();
    await page.locator("#operations-Zones-listZones .opblock-summary-control").click();
    await page.locator("#operations-Zones-listZones .execute").click();
    const status = page.locator("#operations-Zones-listZones .live-responses-table .response-col_status");
    await status.last().waitFor();
    expect(await status.last().textContent()).toMatch(/^200/);
    expect(await page.evaluate(() => [localStorage.length, sessionStorage.length])).toEqual([0, 0]);
    expect(await page.evaluate(() => document.documentElement.className)).toContain("dark-mode");
  });
});
