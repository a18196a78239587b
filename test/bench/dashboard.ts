import { type Browser, chromium, type Page } from "playwright-core";
import { type Account, newAccount, signIn } from "../dashboard/account.ts";
import { CHROMIUM_FLAGS, findChromium } from "../dashboard/chromium.ts";
import { countBytes } from "../dashboard/count-bytes.ts";
import { furnish } from "../dashboard/pages.ts";
import { type Started, startDashboard } from "../dashboard/started.ts";
import { pinToLoadCore, runOnEveryCore } from "./machine.ts";
import { median } from "./summary.ts";

/** What a page of the dashboard takes in a browser with an empty cache. Medians. */
export interface PageLoad {
  page: string;
  /** Over the wire, compressed. */
  bytes: number;
  /** Milliseconds until it is displayed and accepts input: its code renders it, so both happen at once. */
  shown: number;
  /** Milliseconds that drawing one of its charts takes; NaN: it has none. */
  chart: number;
  /** Cumulative layout shift until a second after it is displayed: 0 means that nothing has moved. */
  shift: number;
}

/** Lighthouse's throttling: slow 4G. */
const SLOW_4G = {
  offline: false,
  latency: 150,
  downloadThroughput: (1.6 * 1_000_000) / 8,
  uploadThroughput: (0.75 * 1_000_000) / 8,
};

interface Kind {
  page: string;
  path: string;
  isSignedIn: boolean;
  hasCharts?: boolean;
}

/** Loads pages of the dashboard in Chromium, each once per round, in turns. Null: there is no browser. */
export async function measureDashboard({ rounds }: { rounds: number }): Promise<PageLoad[] | null> {
  const executablePath = findChromium();
  if (executablePath === null) return null;
  // On a reader's machine, the browser has all cores; the server, which would be elsewhere, does little beside it.
  runOnEveryCore();
  const started = await startDashboard();
  const browser = await chromium.launch({ executablePath, args: CHROMIUM_FLAGS });
  try {
    const account = await newAccount(started);
    const zone = await furnish(started, account);
    const kinds: readonly Kind[] = [
      { page: "landing page", path: "/", isSignedIn: false },
      { page: "zones", path: "/zones", isSignedIn: true },
      { page: "a zone, 24 hours", path: `/zones/${zone}`, isSignedIn: true, hasCharts: true },
      {
        page: "a zone, 90 days by the hour",
        path: `/zones/${zone}?period=90d&by=hour`,
        isSignedIn: true,
        hasCharts: true,
      },
    ];
    // The server loads the sign-in code when it is first asked for it, which must not count as the page's time.
    for (const kind of kinds) await load(browser, started, account, kind);
    const loads: Omit<PageLoad, "page">[][] = kinds.map(() => []);
    for (let round = 0; round < rounds; round++) {
      for (const [index, kind] of kinds.entries()) loads[index]!.push(await load(browser, started, account, kind));
    }
    return kinds.map(({ page }, index) => {
      const of = (field: "bytes" | "shown" | "chart" | "shift") => median(loads[index]!.map((one) => one[field]));
      return { page, bytes: of("bytes"), shown: of("shown"), chart: of("chart"), shift: of("shift") };
    });
  } finally {
    await browser.close();
    await started.stop();
    pinToLoadCore();
  }
}

async function load(
  browser: Browser,
  started: Started,
  account: Account,
  { path, isSignedIn, hasCharts = false }: Kind,
): Promise<Omit<PageLoad, "page">> {
  const context = await browser.newContext({ baseURL: started.origin, reducedMotion: "reduce" });
  try {
    const page = await context.newPage();
    if (isSignedIn) await signIn(page, started, account);
    const bytes = await countSlowBytes(page);
    const begun = performance.now();
    await page.goto(path);
    await page.getByRole("heading", { level: 1 }).first().waitFor();
    const shown = performance.now() - begun;
    if (hasCharts) await page.locator(".plot canvas").first().waitFor();
    const charts = await page.evaluate(() => performance.getEntriesByName("chart").map(({ duration }) => duration));
    return { bytes: bytes(), shown, chart: median(charts), shift: await layoutShift(page) };
  } finally {
    await context.close();
  }
}

/** The layout shift of a page so far and within the next second. */
async function layoutShift(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        let sum = 0;
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) sum += (entry as PerformanceEntry & { value: number }).value;
        }).observe({ type: "layout-shift", buffered: true });
        setTimeout(() => resolve(sum), 1_000);
      }),
  );
}

/** Slows down the page's network, and counts the bytes that come over it. */
async function countSlowBytes(page: Page): Promise<() => number> {
  const client = await page.context().newCDPSession(page);
  const bytes = await countBytes(client);
  await client.send("Network.emulateNetworkConditions", SLOW_4G);
  return bytes;
}
