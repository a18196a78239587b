import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";

/** The screens that every page has to fit. */
export const SCREENS = [
  ["a desktop, light", { viewport: { width: 1280, height: 900 }, colorScheme: "light" }],
  ["a desktop, dark", { viewport: { width: 1280, height: 900 }, colorScheme: "dark" }],
  ["a phone, light", { viewport: { width: 390, height: 844 }, colorScheme: "light" }],
  ["a phone, dark", { viewport: { width: 390, height: 844 }, colorScheme: "dark" }],
] as const;

/** `SCREENS=all`: every page on every screen. */
const isWhole = process.env.SCREENS === "all";

/** Of the pages, those that are looked at on a screen: every second one, from the first or from the second on. */
export function shownOn<Shown>(pages: readonly Shown[], from: 0 | 1): Shown[] {
  return pages.filter((_, index) => isWhole || index % 2 === from);
}

/** Shows a page that is there already on another screen, once nothing on it moves any more. */
export async function turnTo(page: Page, { viewport, colorScheme }: (typeof SCREENS)[number][1]): Promise<void> {
  await page.setViewportSize(viewport);
  await page.emulateMedia({ colorScheme });
  await page.evaluate(async () => {
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    const ending = document.getAnimations().filter(({ effect }) => effect?.getComputedTiming().endTime !== Infinity);
    await Promise.all(ending.map(({ finished }) => finished.catch(() => undefined)));
  });
}

/** What axe-core finds to be wrong of WCAG 2.2 AA. */
interface Found {
  violations: { id: string; nodes: { target: string[]; failureSummary: string }[] }[];
}

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** What is wrong with how a page is shown: what axe-core finds of WCAG 2.2 AA, and what does not fit the screen. */
export async function problemsOf(page: Page): Promise<string[]> {
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  return [...(await violations(page)), ...(wider > 0 ? [`it is ${wider} px wider than the screen`] : [])];
}

async function violations(page: Page): Promise<string[]> {
  // Beside the page's own scripts: its policy lets none in from elsewhere.
  const client = await page.context().newCDPSession(page);
  // To describe everything that is right takes longer than to check it.
  const options = JSON.stringify({ runOnly: TAGS, resultTypes: ["violations"] });
  const run = `${axe}; axe.run(document, ${options}).then(({ violations }) => JSON.stringify({ violations }))`;
  const { result } = await client.send("Runtime.evaluate", { expression: run, awaitPromise: true });
  await client.detach();
  const { violations: found } = JSON.parse(result.value) as Found;
  return found.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} ${target}: ${failureSummary}`),
  );
}
