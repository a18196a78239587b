import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";
import { beforeAll, describe, expect, it } from "vitest";
import { type Account, newAccount } from "./account.ts";
import { furnish, insidePages, OUTSIDE, type ShownPage, show } from "./pages.ts";
import { OPERATOR } from "./started.ts";
import { HAS_BROWSER, newWindow, signedInWindow, started } from "./visit.ts";

/** What axe-core finds to be wrong of WCAG 2.2 AA. */
interface Found {
  violations: { id: string; nodes: { target: string[]; failureSummary: string }[] }[];
}

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

async function violations(page: Page): Promise<string[]> {
  // Beside the page's own scripts: its policy lets none in from elsewhere.
  const client = await page.context().newCDPSession(page);
  const run = `${axe}; axe.run(document, { runOnly: ${JSON.stringify(TAGS)} }).then((found) => JSON.stringify(found))`;
  const { result } = await client.send("Runtime.evaluate", { expression: run, awaitPromise: true });
  const { violations: found } = JSON.parse(result.value) as Found;
  return found.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} ${target}: ${failureSummary}`),
  );
}

const SCREENS = [
  ["a desktop, light", { viewport: { width: 1280, height: 900 }, colorScheme: "light" }],
  ["a desktop, dark", { viewport: { width: 1280, height: 900 }, colorScheme: "dark" }],
  ["a phone, light", { viewport: { width: 390, height: 844 }, colorScheme: "light" }],
  ["a phone, dark", { viewport: { width: 390, height: 844 }, colorScheme: "dark" }],
] as const;

describe.skipIf(!HAS_BROWSER)("every page", () => {
  let account: Account;
  let pages: readonly ShownPage[];
  beforeAll(async () => {
    account = await newAccount(started, "pro", OPERATOR);
    pages = insidePages(await furnish(started, account));
  });

  it.each(SCREENS)(
    "breaks no rule of WCAG 2.2 AA that axe-core knows, and fits, on %s",
    async (_, screen) => {
      const outside = await newWindow(screen);
      const { page: inside } = await signedInWindow(account, screen);
      const wrong: string[] = [];
      for (const [page, shown] of [
        ...OUTSIDE.map((each) => [outside, each] as const),
        ...pages.map((each) => [inside, each] as const),
      ]) {
        await show(page, shown);
        wrong.push(...(await violations(page)).map((each) => `${shown.name}: ${each}`));
        const wider = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        if (wider > 0) wrong.push(`${shown.name}: is ${wider} px wider than the screen`);
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
