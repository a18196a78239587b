import { createServer } from "node:http";
import { describe, expect, it } from "vitest";
import { listen } from "../origins/listen.ts";
import { ask, byKey, newName, newZone } from "./account.ts";
import { HAS_BROWSER, signedInWindow, started } from "./visit.ts";

/** What the server's API has: what it has not cannot be shown. */
const { paths = {} } = HAS_BROWSER
  ? ((await (await fetch(`http://127.0.0.1:${started.port}/openapi.json`)).json()) as { paths: object })
  : {};
const has = (path: string) => Object.hasOwn(paths, path);

const addressOf = (zone: string) => `http://${zone}.rescdn.localhost:${started.port}`;

describe.skipIf(!has("/v1/why"))("why", () => {
  it("explains a miss, then a hit, then what the origin answers, and a link leads to the same answer", async () => {
    const { page, account } = await signedInWindow();
    const zone = await newZone(started, account);
    const url = `${addressOf(zone)}/assets/reset.css`;
    await page.goto(`/zones/${zone}/why`);
    await page.getByLabel("URL").fill("/assets/reset.css");
    await page.getByRole("button", { name: "Explain" }).click();
    const answer = page.getByRole("status", { name: "The answer" });
    await answer.locator(".tag").getByText("fetch").waitFor();
    await ask(started, zone, "/assets/reset.css");
    await page.goto(`/zones/${zone}/why?${new URLSearchParams({ url })}`);
    await answer.locator(".tag").getByText("hit").waitFor();
    await page.getByRole("checkbox", { name: /^Ask the origin as well/ }).check();
    await page.getByRole("button", { name: "Explain" }).click();
    await page
      .getByRole("status", { name: "What the origin answers" })
      .getByText("answers 200", { exact: true })
      .waitFor();
  });

  it("says of a rule that refuses which word it is, and what to do about it", async () => {
    const { page, account } = await signedInWindow();
    const zone = await newZone(started, account);
    await byKey(started, account, "PATCH", `/v1/zones/${zone}`, {
      settings: { access: { countries: { allow: ["FR"] } } },
    });
    await page.goto(`/zones/${zone}/why?${new URLSearchParams({ url: `${addressOf(zone)}/a.css` })}`);
    const answer = page.getByRole("status", { name: "The answer" });
    await answer.locator(".tag").getByText("refuse").waitFor();
    await answer
      .locator("code")
      .getByText(/^access-/)
      .first()
      .waitFor();
  });
});

describe.skipIf(!has("/v1/origin-check"))("a new zone", () => {
  it("has its origin asked live before it is there: what it answers, and what it says of one that is not", async () => {
    const { page } = await signedInWindow();
    await page.goto("/zones/new");
    await page.getByLabel("Name").fill(newName("live"));
    const gone = await listen(createServer());
    await gone.close();
    await page.getByRole("textbox", { name: "Origin" }).fill(gone.url);
    await page.getByRole("button", { name: "Ask the origin" }).click();
    const report = page.getByRole("status", { name: "What the origin answers" });
    await report.getByText("not reachable").waitFor();
    await page.getByRole("textbox", { name: "Origin" }).fill(started.assets);
    await page.getByLabel("A path to try").fill("/assets/reset.css");
    await page.getByRole("button", { name: "Ask the origin" }).click();
    await report.getByText("answers 200", { exact: true }).waitFor();
    await report.getByText("text/css").first().waitFor();
    await page.getByRole("button", { name: "Create the zone" }).click();
    await page.getByText("Waiting for a request").waitFor();
  });
});

describe.skipIf(!has("/v1/zones/{id}/tail"))("live", () => {
  it("shows requests as they are answered, by the filter alone, and leads to why", async () => {
    const { page, account } = await signedInWindow();
    const zone = await newZone(started, account);
    await page.goto(`/zones/${zone}/live`);
    await page.getByText("Listening").waitFor();
    await ask(started, zone, "/assets/reset.css");
    await page.getByRole("row", { name: /\/assets\/reset\.css 200 MISS/ }).waitFor();
    await page.getByLabel("Status").selectOption("4xx");
    const missing = page.getByRole("row", { name: /\/missing\.css 404/ });
    // What is answered while the page connects anew is told of to nobody.
    await expect
      .poll(
        async () => {
          await ask(started, zone, "/assets/map.js");
          await ask(started, zone, "/missing.css");
          return missing.count();
        },
        { timeout: 20_000, interval: 500 },
      )
      .toBeGreaterThan(0);
    expect(await page.getByRole("row", { name: /map\.js/ }).count()).toBe(0);
    await page.getByRole("link", { name: "/missing.css" }).first().click();
    await page.getByRole("heading", { name: "Why a hit, why a miss" }).waitFor();
  });
});
