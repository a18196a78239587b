import { chromium } from "playwright-core";
import type { TestProject } from "vitest/node";
import { CHROMIUM_FLAGS, findChromium } from "./chromium.ts";
import { type Started, startDashboard } from "./started.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** Null: there is no browser on this machine. */
    dashboard: (Started & { browser: string }) | null;
  }
}

/** One server and one browser for all tests of this project. */
export default async function setup({ provide }: TestProject): Promise<(() => Promise<void>) | undefined> {
  const executablePath = findChromium();
  if (executablePath === null) {
    console.log(
      "The dashboard's tests in a browser are left out: install one (apt-get install chromium), or set CHROMIUM.",
    );
    provide("dashboard", null);
    return undefined;
  }
  const [{ stop, ...started }, browser] = await Promise.all([
    startDashboard(),
    chromium.launchServer({ executablePath, args: CHROMIUM_FLAGS }),
  ]);
  provide("dashboard", { ...started, browser: browser.wsEndpoint() });
  return async () => {
    await browser.close();
    await stop();
  };
}
