import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, inject } from "vitest";
import { type Account, newAccount, signIn } from "./account.ts";
import type { Started } from "./started.ts";

const dashboard = inject("dashboard");

/** Whether there is a browser: without one these tests are left out, and one line has said so. */
export const HAS_BROWSER = dashboard !== null;
/** The server that the pages are of. */
export const started = dashboard as Started;

let browser: Browser;
const open: BrowserContext[] = [];
/** What a page has said that it should not: an error that nobody caught, or something that its policy forbids. */
const complaints: string[] = [];

beforeAll(async () => {
  if (dashboard !== null) browser = await chromium.connect(dashboard.browser);
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((context) => context.close()));
  expect(complaints.splice(0)).toEqual([]);
});
afterAll(() => browser?.close());

/** Opens a window of somebody's own: with cookies and an address that nobody else has, unless `options` say its fields. */
export async function newWindow(options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({ baseURL: started.origin, reducedMotion: "reduce", ...options });
  open.push(context);
  const [a, b] = crypto.getRandomValues(new Uint8Array(2));
  // Requests to the server alone: a page of another origin may not send such a field.
  if (!options.extraHTTPHeaders)
    await context.route(`${started.origin}/**`, (route) =>
      route.continue({ headers: { ...route.request().headers(), "cf-connecting-ip": `198.18.${a}.${b}` } }),
    );
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  page.on("pageerror", ({ message }) => complaints.push(message));
  page.on("console", (message) => {
    if (/Content Security Policy|TrustedHTML/.test(message.text())) complaints.push(message.text());
  });
  return page;
}

/** Opens a window that is signed in as the owner of an account; of a new one where none is given. */
export async function signedInWindow(
  account?: Account,
  options?: BrowserContextOptions,
): Promise<{ page: Page; account: Account }> {
  const whose = account ?? (await newAccount(started));
  const page = await newWindow(options);
  await signIn(page, started, whose);
  return { page, account: whose };
}
