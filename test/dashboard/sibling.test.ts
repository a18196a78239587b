import { createServer } from "node:http";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Listening, listen } from "../origins/listen.ts";
import { type Account, newAccount } from "./account.ts";
import { CHROMIUM_FLAGS, findChromium } from "./chromium.ts";
import { type Started, startDashboard } from "./started.ts";
import { startTlsProxy } from "./tls-proxy.ts";
import { HAS_BROWSER } from "./visit.ts";

/** The dashboard behind a proxy that ends TLS, on a domain that it shares with a host of somebody else. */
const DASHBOARD = "dash.shop.test";

describe.skipIf(!HAS_BROWSER)("a host beside the dashboard's", () => {
  let started: Started & { stop(): Promise<void> };
  let dashboard: Listening;
  let evil: Listening;
  let browser: Browser;
  let account: Account;
  let context: BrowserContext;
  let page: Page;
  const at = (path: string) => `https://${DASHBOARD}:${dashboard.port}${path}`;

  beforeAll(async () => {
    started = await startDashboard({ DASHBOARD_HOST: DASHBOARD });
    dashboard = await startTlsProxy(started.port);
    // Its pages come over TLS as well: with that they may plant what only goes over TLS.
    const plain = await listen(createServer((_, answer) => answer.end("<!doctype html><title>Beside</title>")));
    evil = await startTlsProxy(plain.port);
    browser = await chromium.launch({
      executablePath: findChromium()!,
      args: [...CHROMIUM_FLAGS, "--host-resolver-rules=MAP *.shop.test 127.0.0.1", "--ignore-certificate-errors"],
    });
    account = await newAccount(started);
  });
  afterAll(async () => {
    await browser?.close();
    await Promise.all([dashboard?.close(), evil?.close(), started?.stop()]);
  });
  beforeEach(async () => {
    context = await browser.newContext({ ignoreHTTPSErrors: true, reducedMotion: "reduce" });
    page = await context.newPage();
    page.setDefaultTimeout(20_000);
  });
  afterEach(() => context.close());

  async function signIn(): Promise<void> {
    const made = await fetch(`http://127.0.0.1:${started.port}/admin/accounts/${account.id}/sign-in-link`, {
      method: "POST",
      headers: { Authorization: `Bearer ${started.adminToken}`, "X-Forwarded-Proto": "https" },
    });
    const { url } = (await made.json()) as { url: string };
    // The port is the server's own: no proxy says another one.
    expect(new URL(url)).toMatchObject({ protocol: "https:", hostname: DASHBOARD });
    await page.goto(at(`/sign-in/link${new URL(url).hash}`));
    await page.getByRole("button", { name: "Sign in to ResCDN" }).click();
    await page.getByRole("heading", { name: "Zones", exact: true }).waitFor();
  }

  /** Opens a page of the host beside, and has it run something. */
  async function beside(script: string): Promise<void> {
    const other = await context.newPage();
    await other.goto(`https://evil.shop.test:${evil.port}/`);
    await other.evaluate(script);
    await other.close();
  }

  it("cannot take the session: behind TLS its cookie has the prefix that binds it to its host", async () => {
    await signIn();
    const cookies = await context.cookies(at("/"));
    const session = cookies.find(({ name }) => name.endsWith("session_token"));
    expect(session).toMatchObject({ name: "__Host-rescdn.session_token", domain: DASHBOARD, secure: true });
    expect(session).toMatchObject({ httpOnly: true, sameSite: "Lax", path: "/" });
    expect(await context.cookies(`https://evil.shop.test:${evil.port}/`)).toEqual([]);
  });

  it("cannot plant a session: what it sets for the whole domain is not read", async () => {
    await signIn();
    const { value } = (await context.cookies(at("/"))).find(({ name }) => name.endsWith("session_token"))!;
    await context.clearCookies();
    await beside(`for (const name of ["rescdn.session_token", "__Host-rescdn.session_token", "__Secure-rescdn.session_token"])
      document.cookie = name + "=${value}; domain=shop.test; path=/; secure"`);
    expect((await context.cookies(at("/"))).map(({ name }) => name).sort()).toEqual([
      "__Secure-rescdn.session_token",
      "rescdn.session_token",
    ]);
    await page.goto(at("/keys"));
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    expect(await page.evaluate(() => fetch("/v1/person").then(({ status }) => status))).toBe(401);
  });

  it("cannot lock anybody out with cookies that fill the request: the page has the browser forget them", async () => {
    await signIn();
    await beside(`for (let i = 0; i < 12; i++)
      document.cookie = "bomb" + i + "=" + "x".repeat(3900) + "; domain=shop.test; path=/"`);
    const bombs = async () => (await context.cookies(at("/"))).filter(({ name }) => name.startsWith("bomb")).length;
    expect(await bombs()).toBe(12);
    await page.goto(at("/keys"));
    await expect.poll(bombs).toBe(0);
    await signIn();
    await page.goto(at("/keys"));
    await page.getByRole("heading", { name: "Keys", exact: true }).waitFor();
  });

  it("cannot have the browser do anything with the session, nor show the page in a frame", async () => {
    await signIn();
    const other = await context.newPage();
    await other.goto(`https://evil.shop.test:${evil.port}/`);
    const seen = await other.evaluate(
      async (origin) => {
        const call = (path: string, init: RequestInit) =>
          fetch(origin + path, { credentials: "include", mode: "no-cors", ...init }).catch(() => null);
        await call("/auth/sign-out", { method: "POST" });
        await call("/v1/accounts", { method: "POST", body: '{"name":"Planted"}' });
        const frame = document.createElement("iframe");
        frame.src = `${origin}/keys`;
        const loaded = new Promise((resolve) => frame.addEventListener("load", resolve));
        document.body.append(frame);
        await loaded;
        // A page of another origin keeps its document to itself; the browser's own page of an error has another origin, too.
        return frame.contentDocument === null;
      },
      at("").replace(/\/$/, ""),
    );
    expect(seen).toBe(true);
    const framed = other.frames().find((frame) => frame !== other.mainFrame());
    expect(framed?.url()).toBe("chrome-error://chromewebdata/");
    await page.reload();
    await page.getByRole("heading", { name: "Zones", exact: true }).waitFor();
    expect(await page.evaluate(() => fetch("/v1/person").then((said) => said.json()))).toMatchObject({
      accounts: [{ id: account.id }],
    });
  });
});
