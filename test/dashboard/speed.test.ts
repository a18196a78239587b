import { beforeAll, describe, expect, it } from "vitest";
import { type Account, newAccount } from "./account.ts";
import { countBytes } from "./count-bytes.ts";
import { furnish } from "./pages.ts";
import { HAS_BROWSER, newWindow, signedInWindow, started } from "./visit.ts";

const KB = 1_000;
/** Its requests go as they are: to change each by hand takes a while that is none of the page's. */
const UNTOUCHED = { extraHTTPHeaders: { "cf-connecting-ip": "198.18.254.1" } };

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
    const page = isSignedIn ? (await signedInWindow(account, UNTOUCHED)).page : await newWindow(UNTOUCHED);
    const bytes = await countBytes(await page.context().newCDPSession(page));
    await page.goto(path.replace(":zone", zone));
    await page.getByRole("heading", { level: 1 }).first().waitFor();
    if (path.includes(":zone")) await page.locator(".plot canvas").first().waitFor();
    console.log(`${title}: ${(bytes() / KB).toFixed(1)} kB`);
    expect(bytes()).toBeGreaterThan(0);
    expect(bytes()).toBeLessThanOrEqual(120 * KB);
  });

  it("asks for its code and its data at once: nothing that it shows first is named by what comes later", async () => {
    const { page } = await signedInWindow(account);
    const answer = await page.goto(`/zones/${zone}`);
    await page.locator(".plot canvas").first().waitFor();
    const html = (await answer?.text()) ?? "";
    const link = (await answer?.headerValue("link")) ?? "";
    const asked = await page.evaluate(() => {
      const last = performance.getEntriesByName("chart")[0]?.startTime ?? 0;
      return performance
        .getEntriesByType("resource")
        .filter(({ startTime }) => startTime < last)
        .map(({ name }) => new URL(name).pathname + new URL(name).search);
    });
    const named = asked.filter((path) => /^\/(?:assets|v1)\//.test(path));
    expect(named.length).toBeGreaterThan(5);
    const isLater = (path: string) => /\/v1\/usage(?:\/paths)?\?/.test(path);
    expect(named.filter((path) => !html.includes(path) && !link.includes(`<${path}>`) && !isLater(path))).toEqual([]);
    expect(link).toContain("/v1/usage?zone=");
    // Taken from what was asked for early, not asked for again.
    const times = (path: string) => asked.filter((one) => one === path).length;
    expect(times(`/v1/zones/${zone}`)).toBe(1);
  });

  it("draws a chart of 90 days by the hour, whose table has a row for each", async () => {
    const { page } = await signedInWindow(account);
    await page.goto(`/zones/${zone}?period=90d&by=hour`);
    await page.locator(".plot canvas").first().waitFor();
    await page.getByText("As a table").first().click();
    const rows = page.getByRole("region", { name: "Requests", exact: true }).getByRole("row");
    await expect.poll(() => rows.count()).toBe(2_161);
    expect(await page.evaluate(() => performance.getEntriesByName("chart").length)).toBeGreaterThan(0);
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
