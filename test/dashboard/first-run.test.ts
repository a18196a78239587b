import { describe, expect, it } from "vitest";
import { ask, mailedLink, newName } from "./account.ts";
import { HAS_BROWSER, newWindow, started } from "./visit.ts";

describe.skipIf(!HAS_BROWSER)("somebody new", () => {
  it("signs up by a mailed link, makes a zone, sees its first request arrive, its hit, a purge and the miss after it", async () => {
    const page = await newWindow();
    const email = `${newName("ada")}@example.com`;
    const zone = newName("first");

    await page.goto("/");
    await page.getByRole("link", { name: "Start with a zone" }).click();
    await page.getByLabel("E-mail address").fill(email);
    await page.getByRole("button", { name: "Send me a link" }).click();
    await page.getByText("A link is on its way").waitFor();

    await page.goto(await mailedLink(started, email));
    await page.getByRole("button", { name: "Sign in to ResCDN" }).click();
    await page.getByRole("heading", { name: "Welcome" }).waitFor();
    await page.getByLabel("Name").fill("Ada's works");
    await page.getByRole("button", { name: "Create" }).click();

    await page.getByRole("link", { name: "Create your first zone" }).click();
    await page.getByLabel("Name").fill(zone);
    await page.getByLabel("Origin").fill(started.assets);
    await page.getByRole("button", { name: "Create the zone" }).click();
    await page.getByText("Waiting for a request").waitFor();
    expect(new URL(page.url()).pathname).toBe(`/zones/${zone}`);

    expect(await ask(started, zone, "/assets/reset.css")).toBe("MISS");
    await page.getByRole("heading", { name: "Requests", exact: true }).first().waitFor();
    expect(await ask(started, zone, "/assets/reset.css")).toBe("HIT");
    await expect
      .poll(
        async () => {
          await page.getByRole("button", { name: "Refresh" }).click();
          return page.getByRole("row", { name: /^HIT / }).count();
        },
        { timeout: 20_000, interval: 500 },
      )
      .toBe(1);

    await page.getByRole("link", { name: "Purge", exact: true }).click();
    await page.getByRole("textbox", { name: "Paths" }).fill("/assets/reset.css");
    await page.getByRole("status", { name: "What will be purged" }).getByText("with every query").waitFor();
    await page.getByRole("button", { name: "Purge", exact: true }).click();
    await page.getByText("Purged /assets/reset.css").waitFor();
    await page.getByRole("row", { name: /\/assets\/reset\.css/ }).waitFor();
    expect(await ask(started, zone, "/assets/reset.css")).toBe("MISS");
  });
});
