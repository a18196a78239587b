/**
 * `npm run screenshots`: every page of the dashboard, light, dark and on a phone, below `dist/screenshots/`, and the pictures of
 * README, whose zone has a sample's figures.
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { chromium, type Page } from "playwright-core";
import { projectRoot } from "../../src/server/project.ts";
import { ask, newAccount, signIn } from "./account.ts";
import { CHROMIUM_FLAGS, findChromium } from "./chromium.ts";
import { furnish, insidePages, OUTSIDE, show } from "./pages.ts";
import { sampleUsage } from "./sample-usage.ts";
import { OPERATOR, startDashboard } from "./started.ts";

/** Has the zone asked while its tail is open. */
async function showRequests(page: Page, zone: string): Promise<void> {
  await page.getByText("Listening").waitFor();
  const paths = ["/assets/reset.css", "/assets/map.js?v=3", "/assets/logo.svg", "/missing.png"];
  const rows = page.getByRole("row");
  // It takes a moment until the edge knows that somebody listens.
  for (let times = 0; (await rows.count()) < 8; times++) {
    await ask(started, zone, paths[times % paths.length]!);
    await page.waitForTimeout(200);
  }
}

const SCREENS = {
  light: { viewport: { width: 1280, height: 900 }, colorScheme: "light" },
  dark: { viewport: { width: 1280, height: 900 }, colorScheme: "dark" },
  phone: { viewport: { width: 390, height: 844 }, colorScheme: "light", deviceScaleFactor: 2 },
} as const;

const executablePath = findChromium();
if (executablePath === null) {
  console.error("There is no browser here: install one (apt-get install chromium), or set CHROMIUM.");
  process.exit(1);
}
const folder = join(projectRoot, "dist/screenshots");
await mkdir(folder, { recursive: true });
const started = await startDashboard();
const browser = await chromium.launch({ executablePath, args: CHROMIUM_FLAGS });
try {
  const account = await newAccount(started, "enterprise", OPERATOR);
  const zone = await furnish(started, account);
  const inside = insidePages(zone);
  for (const [screen, options] of Object.entries(SCREENS)) {
    for (const [pages, isSignedIn] of [
      [OUTSIDE, false],
      [inside, true],
    ] as const) {
      const context = await browser.newContext({ baseURL: started.origin, reducedMotion: "reduce", ...options });
      const page = await context.newPage();
      if (isSignedIn) await signIn(page, started, account);
      for (const shown of pages) {
        await show(page, shown);
        if (shown.name === "live") await showRequests(page, zone);
        await page.screenshot({
          path: join(folder, `${shown.name}-${screen}.png`),
          fullPage: shown.open === undefined,
        });
      }
      await context.close();
    }
  }
  for (const [screen, options] of Object.entries(SCREENS)) {
    const context = await browser.newContext({ baseURL: started.origin, reducedMotion: "reduce", ...options });
    const page = await context.newPage();
    await signIn(page, started, account);
    await page.route("**/v1/usage?**", async (route) => {
      const real = await route.fetch();
      await route.fulfill({ response: real, json: sampleUsage(await real.json()) });
    });
    for (const shown of inside.filter(({ name }) => ["zone", "zone-week", "usage"].includes(name))) {
      await show(page, shown);
      await page.screenshot({ path: join(folder, `${shown.name}-busy-${screen}.png`), fullPage: true });
    }
    if (screen !== "light") continue;
    for (const name of ["zone", "why"]) {
      const shown = inside.find((one) => one.name === name);
      if (shown === undefined) throw new Error(`no page is called ${name}`);
      await show(page, shown);
      if (name === "why") {
        await page.getByRole("checkbox", { name: /^Ask the origin as well/ }).check();
        await page.getByRole("button", { name: "Explain" }).click();
        await page.getByRole("status", { name: "What the origin answers" }).waitFor();
      }
      await page.screenshot({ path: join(folder, `readme-${name}.png`), fullPage: name === "why" });
    }
  }
  console.log(`see ${folder}`);
} finally {
  await browser.close();
  await started.stop();
}
