import { describe, expect, it } from "vitest";
import { ask, byKey, newZone, statusOf } from "./account.ts";
import { HAS_BROWSER, signedInWindow, started } from "./visit.ts";

interface Zone {
  settings: Record<string, unknown>;
}

const zoneOf = (account: Parameters<typeof byKey>[1], zone: string) =>
  byKey<Zone>(started, account, "GET", `/v1/zones/${zone}`);

describe.skipIf(!HAS_BROWSER)("the forms of a zone", () => {
  it("have each setting that the API has, with its meaning", async () => {
    const { page, account } = await signedInWindow();
    const zone = await newZone(started, account);
    const { components } = await (await fetch(`http://127.0.0.1:${started.port}/openapi.json`)).json();
    const wanted = Object.keys(components.schemas.SettingsChange.properties);
    const found: string[] = [];
    for (const part of ["settings", "rules", "access"]) {
      await page.goto(`/zones/${zone}/${part}`);
      await page.locator("form.settings fieldset").first().waitFor();
      const names = await page
        .locator(
          "form.settings > fieldset > .field > label, form.settings > fieldset > div > .field > label, form.settings > fieldset > fieldset > legend",
        )
        .allTextContents();
      found.push(...names);
    }
    expect(found.filter((name) => name !== "origin").sort()).toEqual(wanted.sort());
  });

  it("make a rule of fields that are added one by one, which holds at the edge, and say what is wrong at its field", async () => {
    const { page, account } = await signedInWindow();
    const zone = await newZone(started, account);
    await page.goto(`/zones/${zone}/rules`);
    await page.getByRole("button", { name: "Add a rule" }).click();
    await page.getByLabel("Add to when").selectOption("path");
    await page.getByRole("textbox", { name: "path" }).fill("/old/*");
    await page.getByLabel("Add to do").selectOption("redirect");
    await page.getByRole("textbox", { name: "to", exact: true }).fill("new");
    await page.getByRole("button", { name: "Save" }).click();
    await page.locator(".field-problem").getByText("must begin with /").waitFor();
    await page.getByRole("textbox", { name: "to", exact: true }).fill("/new/$1");
    await page.getByRole("combobox", { name: "status" }).selectOption({ label: "301" });
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("button", { name: "Save" }).waitFor({ state: "detached" });
    expect((await zoneOf(account, zone)).settings.rules).toEqual([
      { when: { path: "/old/*" }, do: { redirect: { to: "/new/$1", status: 301 } } },
    ]);
    expect(await statusOf(started, zone, "/old/a.css")).toBe(301);
  });

  it("take away what was added to a map, and put a default back so that it stays the default", async () => {
    const { page, account } = await signedInWindow();
    const zone = await newZone(started, account);
    await byKey(started, account, "PATCH", `/v1/zones/${zone}`, {
      settings: { origin_headers: { "x-a": "1", "x-b": "2" }, negative_ttl: 33 },
    });
    await page.goto(`/zones/${zone}/settings`);
    await page.getByRole("button", { name: "Remove x-a" }).click();
    await page.getByRole("button", { name: /the default of negative_ttl/ }).click();
    const sent = page.waitForRequest((request) => request.method() === "PATCH");
    await page.getByRole("button", { name: "Save" }).click();
    expect((await sent).postDataJSON()).toEqual({ settings: { origin_headers: { "x-a": null }, negative_ttl: null } });
    await page.getByRole("button", { name: "Save" }).waitFor({ state: "detached" });
    expect((await zoneOf(account, zone)).settings).toMatchObject({ origin_headers: { "x-b": "2" }, negative_ttl: 10 });
  });

  it("limit who may fetch, make a signing key that is shown once, and sign a URL that holds", async () => {
    const { page, account } = await signedInWindow();
    const zone = await newZone(started, account);
    await page.goto(`/zones/${zone}/access`);
    await page.getByLabel("Add to access").selectOption("referers");
    await page.getByRole("textbox", { name: "allow" }).fill("www.example.com\n*.example.org\n");
    await page.getByRole("combobox", { name: "signed_urls" }).selectOption("required");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("button", { name: "Save" }).waitFor({ state: "detached" });
    expect((await zoneOf(account, zone)).settings).toMatchObject({
      access: { referers: { allow: ["www.example.com", "*.example.org"] } },
      signed_urls: "required",
    });
    await page.getByRole("button", { name: "Create a key" }).click();
    await page.getByRole("dialog", { name: "The signing key" }).locator(".secret code").waitFor();
    await page.getByRole("button", { name: "I have copied it" }).click();
    await page.getByRole("textbox", { name: "path" }).fill("/assets/reset.css");
    await page.getByRole("button", { name: "Sign", exact: true }).click();
    const signed = await page.getByRole("region", { name: /^Signed by/ }).textContent();
    const { pathname, search } = new URL(signed ?? "");
    expect(await ask(started, zone, pathname)).not.toBe("MISS");
    expect(await ask(started, zone, pathname + search)).toBe("MISS");
  });

  it("add a hostname with what proves it, check it, and remove it after a question", async () => {
    const { page, account } = await signedInWindow();
    const zone = await newZone(started, account);
    await page.goto(`/zones/${zone}/hostnames`);
    await page.getByLabel("Hostname").fill(`cdn.${zone}.example`);
    await page.getByRole("button", { name: "Add", exact: true }).click();
    await page.getByRole("heading", { name: `cdn.${zone}.example` }).waitFor();
    await page.getByText(`_rescdn.cdn.${zone}.example`).first().waitFor();
    await page.getByRole("button", { name: `Remove cdn.${zone}.example` }).click();
    await page.getByRole("button", { name: "Remove the hostname" }).click();
    await page.getByRole("heading", { name: "No hostnames of your own yet" }).waitFor();
  });

  it("show what tags will purge, and the purge with its state", async () => {
    const { page, account } = await signedInWindow();
    const zone = await newZone(started, account);
    await page.goto(`/zones/${zone}/purge?what=tags`);
    await page.getByRole("textbox", { name: "Tags" }).fill("release-41\na,b");
    const preview = page.getByRole("status", { name: "What will be purged" });
    await preview.getByText("every file whose Cache-Tag has it").waitFor();
    await preview.getByText("must be visible ASCII without spaces and commas").waitFor();
    await page.getByRole("textbox", { name: "Tags" }).fill("release-41");
    await page.getByRole("checkbox", { name: /^Soft/ }).check();
    await page.getByRole("button", { name: "Purge", exact: true }).click();
    await page.getByRole("row", { name: /tag release-41 soft: stale .* at the edge/ }).waitFor();
  });
});

describe.skipIf(!HAS_BROWSER)("what others notice", () => {
  it("is asked about first: a session that is ended, an invitation that is withdrawn", async () => {
    const { page, account } = await signedInWindow();
    const { page: elsewhere } = await signedInWindow(account);
    await page.goto("/account");
    await page.getByRole("button", { name: /^End .* on / }).click();
    await page.getByRole("button", { name: "Cancel" }).click();
    expect(await elsewhere.evaluate(() => fetch("/v1/person").then(({ status }) => status)).catch(() => 0)).not.toBe(
      401,
    );
    await page.getByRole("button", { name: /^End .* on / }).click();
    await page.getByRole("button", { name: "End the session" }).click();
    await page.getByRole("button", { name: /^End .* on / }).waitFor({ state: "detached" });
    await elsewhere.goto("/zones");
    await elsewhere.getByRole("heading", { name: "Sign in" }).waitFor();

    await page.goto("/members");
    await page.getByLabel("E-mail address").fill("guest@example.com");
    await page.getByRole("button", { name: "Invite" }).click();
    const row = page.getByRole("row", { name: /guest@example\.com/ });
    await row.getByRole("button", { name: "Withdraw" }).click();
    await page.getByRole("button", { name: "Withdraw it" }).click();
    await row.waitFor({ state: "detached" });
  });
});
