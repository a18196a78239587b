import type { CDPSession, Page } from "playwright-core";
import { beforeAll, describe, expect, it } from "vitest";
import { type Account, newAccount } from "./account.ts";
import { furnish } from "./pages.ts";
import { HAS_BROWSER, newWindow, signedInWindow, started } from "./visit.ts";

const KB = 1_000;

/** Counts what comes over the wire for a page, without what is cached. */
async function countBytes(page: Page): Promise<{ client: CDPSession; bytes(): number }> {
  const client = await page.context().newCDPSession(page);
  let sum = 0;
  client.on("Network.loadingFinished", ({ encodedDataLength }) => {
    sum += encodedDataLength;
  });
  await client.send("Network.enable");
  return { client, bytes: () => sum };
}

describe.skipIf(!HAS_BROWSER)("the first load", () => {
  let account: Account;
  let zone: string;
  beforeAll(async () => {
    account = await newAccount(started);
    zone = await furnish(started, account);
  });

  it.each([
    ["the landing page", "/", false],
    ["the list of zones", "/zones", true],
    ["a zone with its charts", "/zones/:zone", true],
  ])("of %s is at most 120 kB", async (title, path, isSignedIn) => {
    const page = isSignedIn ? (await signedInWindow(account)).page : await newWindow();
    const { client, bytes } = await countBytes(page);
    // As Lighthouse throttles: slow 4G.
    await client.send("Network.emulateNetworkConditions", {
      offline: false,
      latency: 150,
      downloadThroughput: (1.6 * 1_000_000) / 8,
      uploadThroughput: (0.75 * 1_000_000) / 8,
    });
    const begun = performance.now();
    await page.goto(path.replace(":zone", zone));
    await page.getByRole("heading", { level: 1 }).first().waitFor();
    const shown = Math.round(performance.now() - begun);
    const late = await page.evaluate(() => {
      const [{ responseEnd }] = performance.getEntriesByType("navigation") as [PerformanceNavigationTiming];
      const soon = responseEnd + 100;
      return performance
        .getEntriesByType("resource")
        .filter(({ name, startTime }) => /\.js$|\/v1\//.test(name) && startTime > soon)
        .map(({ name, startTime }) => `${new URL(name).pathname} ${Math.round(startTime)} > ${Math.round(soon)}`);
    });
    console.log(late.join("\n"));
    const chart = page.locator(".plot canvas");
    if (path.includes(":zone")) await chart.first().waitFor();
    console.log(`${title}: ${(bytes() / KB).toFixed(1)} kB, its heading after ${shown} ms on slow 4G`);
    expect(bytes()).toBeGreaterThan(0);
    expect(bytes()).toBeLessThanOrEqual(120 * KB);
  });

  it("is kept for good: a page that comes again loads nothing but itself and what it shows", async () => {
    const { page } = await signedInWindow(account);
    await page.goto("/zones");
    await page.getByRole("heading", { name: "Zones", exact: true }).waitFor();
    const loaded: string[] = [];
    page.on("response", (answer) => {
      if (new URL(answer.url()).pathname.startsWith("/assets/")) loaded.push(`${answer.headers()["cache-control"]}`);
    });
    await page.reload();
    await page.getByRole("heading", { name: "Zones", exact: true }).waitFor();
    for (const said of loaded) expect(said).toBe("public, max-age=31536000, immutable");
  });
});
