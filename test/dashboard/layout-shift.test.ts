import type { Page } from "playwright-core";
import { beforeAll, describe, expect, it } from "vitest";
import { type Account, accountOf } from "./account.ts";
import { answerInTurn, drawn, type Order, watchShifts } from "./layout-shift.ts";
import { furnish, insidePages, OUTSIDE, type ShownPage, show } from "./pages.ts";
import { SCREENS, shownOn } from "./problems-of.ts";
import { SECOND_OPERATOR } from "./started.ts";
import { HAS_BROWSER, newWindow, signedInWindow, started } from "./visit.ts";

/** Each order leaves other things for the last: with one screen each, and half of the pages (`SCREENS=all`: all), for time. */
const CASES = [
  ["a desktop", "oldest first", SCREENS[0][1], 0],
  ["a phone", "newest first", SCREENS[2][1], 1],
] as const satisfies readonly (readonly [string, Order, object, 0 | 1])[];

/** Moves the pointer over each chart. */
async function pointAtCharts(page: Page): Promise<void> {
  for (const plot of await page.locator(".plot").all()) {
    await plot.hover({ position: { x: 80, y: 60 } });
    await drawn(page);
    await plot.hover({ position: { x: 200, y: 60 } });
    await drawn(page);
  }
}

describe.skipIf(!HAS_BROWSER)("nothing on a page moves by itself", () => {
  let account: Account;
  let pages: readonly ShownPage[];
  beforeAll(async () => {
    account = await accountOf(started, SECOND_OPERATOR);
    pages = insidePages(await furnish(started, account));
  });

  it.each(CASES)(
    "on %s, when a slow API answers the %s",
    async (_, order, screen, from) => {
      const moved: string[] = [];
      for (const [page, all] of [
        [await newWindow(screen), OUTSIDE],
        [(await signedInWindow(account, screen)).page, pages],
      ] as const) {
        const shifts = await watchShifts(page);
        const answered = await answerInTurn(page, order);
        for (const shown of shownOn(all, from)) {
          await show(page, shown);
          await answered();
          moved.push(...(await shifts()).map((each) => `${shown.name}: ${each}`));
          await pointAtCharts(page);
          moved.push(...(await shifts()).map((each) => `${shown.name}, pointed at: ${each}`));
        }
      }
      expect(moved).toEqual([]);
    },
    600_000,
  );

  it("is seen by what watches it: something that comes above what stands there moves it", async () => {
    const page = await newWindow();
    const shifts = await watchShifts(page);
    await show(page, OUTSIDE[0]!);
    expect(await shifts()).toEqual([]);
    await page.evaluate(() => document.querySelector("main")?.prepend(document.createElement("hr")));
    expect(await shifts()).toEqual([expect.stringContaining("H1")]);
  });
});
