import { describe, expect, it } from "vitest";
import { byKey, mailedLink, newZone } from "./account.ts";
import { HAS_BROWSER, newWindow, signedInWindow, started } from "./visit.ts";

describe.skipIf(!HAS_BROWSER)("a session that ends while somebody types", () => {
  it("asks to sign in over the page, and goes on with what was typed", async () => {
    const { page, account } = await signedInWindow();
    await page.goto("/zones/new");
    await page.getByLabel("Name").fill("typed-before");
    await page.getByLabel("Origin").fill("https://assets.example.com");
    await page.context().clearCookies();
    await page.getByRole("button", { name: "Create the zone" }).click();
    const dialog = page.getByRole("dialog", { name: "You have been signed out" });
    await dialog.waitFor();
    await dialog.getByRole("button", { name: "Send me a link" }).click();
    await dialog.getByText("A link is on its way").waitFor();
    const other = await page.context().newPage();
    await other.goto(await mailedLink(started, account.email));
    await other.getByRole("button", { name: "Sign in to ResCDN" }).click();
    await other.getByRole("heading", { name: "New zone" }).waitFor();
    await page.bringToFront();
    await dialog.waitFor({ state: "detached" });
    expect(await page.getByLabel("Name").inputValue()).toBe("typed-before");
    expect(await page.getByLabel("Origin").inputValue()).toBe("https://assets.example.com");
  });
});

describe.skipIf(!HAS_BROWSER)("a server that is away or slow", () => {
  it("is told in place, keeps what is typed, and is asked again", async () => {
    const { page } = await signedInWindow();
    await page.goto("/zones/new");
    await page.getByLabel("Name").fill("while-offline");
    await page.getByLabel("Origin").fill("https://assets.example.com");
    await page.context().setOffline(true);
    await page.getByRole("button", { name: "Create the zone" }).click();
    await page.getByRole("alert").getByText("cannot be reached").waitFor();
    expect(await page.getByLabel("Name").inputValue()).toBe("while-offline");
    await page.context().setOffline(false);
    await page.route("**/v1/person", (route) => route.abort());
    await page.goto("/zones");
    await page.getByRole("heading", { name: "The server cannot be reached" }).waitFor();
    await page.unroute("**/v1/person");
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("heading", { name: "Zones", exact: true }).waitFor();
  });

  it("shows that something is under way, and is asked once however often one presses", async () => {
    const { page, account } = await signedInWindow();
    const zone = await newZone(started, account);
    let purges = 0;
    let goOn: () => void = () => undefined;
    const wait = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    await page.route("**/v1/zones/*", async (route) => {
      await wait;
      await route.fallback();
    });
    await page.route("**/v1/purge", async (route) => {
      purges++;
      await route.fallback();
    });
    await page.goto(`/zones/${zone}/purge`);
    await page.getByRole("status", { name: "Loading" }).first().waitFor();
    goOn();
    await page.getByRole("textbox", { name: "Paths" }).fill("/a.css");
    await page.getByRole("button", { name: "Purge", exact: true }).dblclick();
    await page.getByText("Purged /a.css").waitFor();
    expect(purges).toBe(1);
  });
});

describe.skipIf(!HAS_BROWSER)("signing in", () => {
  it.each(["//evil.example/x", "/\\evil.example", "https://evil.example/", "/\t/evil.example", "javascript:alert(1)"])(
    "never leads to another site, whatever was kept of where to go: %j",
    async (kept) => {
      const page = await newWindow();
      const { account } = await signedInWindow();
      await page.goto("/sign-in");
      await page.getByLabel("E-mail address").fill(account.email);
      await page.getByRole("button", { name: "Send me a link" }).click();
      await page.getByText("A link is on its way").waitFor();
      await page.evaluate((path) => localStorage.setItem("rescdn.where-to", path), kept);
      await page.goto(await mailedLink(started, account.email));
      await page.getByRole("button", { name: "Sign in to ResCDN" }).click();
      await page.getByRole("heading", { name: "Zones", exact: true }).waitFor();
      expect(page.url()).toBe(`${started.origin}/`);
    },
  );

  it("leads to the page that was asked for", async () => {
    const page = await newWindow();
    const { account } = await signedInWindow();
    await page.goto("/audit?action=zone.create");
    await page.getByLabel("E-mail address").fill(account.email);
    await page.getByRole("button", { name: "Send me a link" }).click();
    await page.goto(await mailedLink(started, account.email));
    await page.getByRole("button", { name: "Sign in to ResCDN" }).click();
    await page.getByRole("heading", { name: "Audit log" }).waitFor();
    expect(new URL(page.url()).pathname).toBe("/audit");
  });
});

describe.skipIf(!HAS_BROWSER)("signing out", () => {
  it("forgets what was typed and not saved: whoever comes next at this machine is somebody else", async () => {
    const { page, account } = await signedInWindow();
    const zone = await newZone(started, account);
    await page.goto(`/zones/${zone}/settings`);
    await page.getByLabel("browser_ttl").fill("77");
    await page.getByText("Not saved yet").waitFor();
    await page.reload();
    await page.getByText("Not saved yet").waitFor();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("link", { name: "Start with a zone" }).waitFor();
    expect(await page.evaluate(() => JSON.stringify({ ...sessionStorage }))).not.toContain("77");
  });

  it("says so where the server did not end the session", async () => {
    const { page } = await signedInWindow();
    await page.goto("/zones");
    await page.route("**/auth/sign-out", (route) => route.fulfill({ status: 429, json: { error: "wait a minute" } }));
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("alert").getByText("Wait a minute.").waitFor();
    expect(new URL(page.url()).pathname).toBe("/zones");
  });
});

describe.skipIf(!HAS_BROWSER)("a page of somebody else", () => {
  it("cannot show the dashboard in a frame", async () => {
    const { page } = await signedInWindow();
    const other = await page.context().newPage();
    await other.route("http://evil.example/", (route) =>
      route.fulfill({ contentType: "text/html", body: `<iframe src="${started.origin}/keys"></iframe>` }),
    );
    await other.goto("http://evil.example/");
    await expect.poll(() => other.frames()[1]?.url()).toMatch(/^chrome-error:/);
  });

  it("of a customer's zone neither reads nor changes anything as whoever is signed in", async () => {
    const { page, account } = await signedInWindow();
    const zone = await newZone(started, account);
    const other = await page.context().newPage();
    await other.goto(`http://${zone}.rescdn.localhost:${started.port}/`);
    const read = await other.evaluate(
      (origin) =>
        fetch(`${origin}/v1/person`, { credentials: "include" }).then(
          (said) => said.status,
          () => "refused",
        ),
      started.origin,
    );
    expect(read).toBe("refused");
    await other.evaluate(
      async ([origin, name]) => {
        const init = { method: "POST", credentials: "include", mode: "no-cors" } as const;
        await fetch(`${origin}/v1/purge`, { ...init, body: JSON.stringify({ zone: name, everything: true }) });
        await fetch(`${origin}/auth/sign-out`, { ...init, body: "{}" });
      },
      [started.origin, zone],
    );
    // A navigation carries the cookie, and a GET may be a purge: for keys alone.
    await other.goto(`${started.origin}/v1/purge?zone=${zone}&path=/`);
    const { purges } = await byKey<{ purges: object[] }>(started, account, "GET", `/v1/purges?zone=${zone}`);
    expect(purges).toEqual([]);
    await page.goto("/");
    await page.getByRole("heading", { name: "Zones", exact: true }).waitFor();
  });
});
