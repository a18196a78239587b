import { beforeAll, describe, expect, it } from "vitest";
import { type Account, accountOf } from "./account.ts";
import { furnish, insidePages, OUTSIDE, type ShownPage, show } from "./pages.ts";
import { problemsOf, SCREENS, shownOn, turnTo } from "./problems-of.ts";
import { OPERATOR } from "./started.ts";
import { HAS_BROWSER, newWindow, signedInWindow, started } from "./visit.ts";

describe.skipIf(!HAS_BROWSER)("every page", () => {
  let account: Account;
  let pages: readonly ShownPage[];
  beforeAll(async () => {
    account = await accountOf(started, OPERATOR);
    pages = insidePages(await furnish(started, account));
  });

  // Each page on one desktop and one phone, in light and in dark: loaded once, since that takes longest.
  it.each([
    [SCREENS[0], SCREENS[3], 0],
    [SCREENS[1], SCREENS[2], 1],
  ] as const)(
    "breaks no rule of WCAG 2.2 AA that axe-core knows, and fits, on $0.0 and on $1.0",
    async (first, second, from) => {
      const outside = await newWindow(first[1]);
      const { page: inside } = await signedInWindow(account, first[1]);
      const wrong: string[] = [];
      const all = [...OUTSIDE.map((each) => [outside, each] as const), ...pages.map((each) => [inside, each] as const)];
      for (const [page, shown] of shownOn(all, from)) {
        await turnTo(page, first[1]);
        await show(page, shown);
        for (const [name, screen] of [first, second]) {
          await turnTo(page, screen);
          wrong.push(...(await problemsOf(page)).map((each) => `${shown.name}, ${name}: ${each}`));
        }
      }
      expect(wrong).toEqual([]);
    },
    600_000,
  );
});

describe.skipIf(!HAS_BROWSER)("the keyboard alone", () => {
  it("reaches the content, makes a key, and gives focus back where it was", async () => {
    const { page } = await signedInWindow();
    await page.goto("/keys");
    const make = page.getByRole("button", { name: "New key" });
    await make.waitFor();
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Skip to the content");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    expect(await make.evaluate((element) => element === document.activeElement)).toBe(true);
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog", { name: "New key" });
    await dialog.waitFor();
    await page.getByLabel("Name").focus();
    await page.keyboard.type("By keyboard");
    await page.keyboard.press("Enter");
    const shown = page.getByRole("dialog", { name: "The key “By keyboard”" });
    await shown.waitFor();
    await page.keyboard.press("Escape");
    await shown.waitFor({ state: "detached" });
    await page.getByRole("row", { name: /By keyboard/ }).waitFor();
    await make.focus();
    await page.keyboard.press("Enter");
    await dialog.waitFor();
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    expect(await make.evaluate((element) => element === document.activeElement)).toBe(true);
  });
});
