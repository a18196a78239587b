import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { ask, byKey, newZone } from "./account.ts";
import { HAS_BROWSER, signedInWindow, started } from "./visit.ts";

describe.skipIf(!HAS_BROWSER)("the usage of a month", () => {
  it("is downloaded as it is shown, with what origins were asked", async () => {
    const { page, account } = await signedInWindow();
    const zone = await newZone(started, account);
    for (let times = 0; times < 4; times++) await ask(started, zone, "/assets/reset.css");
    await page.goto("/usage");
    await expect
      .poll(
        async () => {
          await page.reload();
          await page.locator("dl.tiles").waitFor();
          return page.getByRole("row", { name: new RegExp(`^${zone} 4 `) }).count();
        },
        { timeout: 20_000, interval: 500 },
      )
      .toBe(1);
    const [file] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Download as CSV" }).click(),
    ]);
    const [head = "", row = ""] = (await text(await file.createReadStream())).split("\r\n");
    const cells = Object.fromEntries(head.split(",").map((name, index) => [name, row.split(",")[index]]));
    expect(cells).toMatchObject({ name: zone, requests: "4", cache_hit_rate: "0.75", origin_requests: "1" });
    expect(Number(cells.origin_bytes)).toBeGreaterThan(0);
    expect(Number(cells.byte_hit_rate)).toBe(0.75);
    expect(cells.origin_first_byte_ms_p95).toMatch(/^\d+$/);
  });

  it("has caps that an owner sets, which the API then says", async () => {
    const { page, account } = await signedInWindow();
    await page.goto("/usage");
    await page.getByText("Set caps of your own").click();
    await page.getByLabel("Requests a month").fill("1000");
    await page.getByLabel("Bandwidth a month, GB").fill("2.5");
    await page.getByLabel("When it is reached").selectOption("stop");
    await page.getByRole("button", { name: "Save the caps" }).click();
    await page.getByText("When it is reached, live zones answer 429").waitFor();
    expect(await byKey(started, account, "GET", "/v1/quota")).toMatchObject({
      requests: { cap: 1_000, quota: 1_000 },
      bytes: { cap: 2_500_000_000 },
      at_quota: "stop",
    });
  });

  it("hides a line of a chart where one wants to see the others at their size", async () => {
    const { page, account } = await signedInWindow();
    const zone = await newZone(started, account);
    await ask(started, zone, "/assets/reset.css");
    await ask(started, zone, "/missing.png");
    await page.goto(`/zones/${zone}`);
    const status = page.getByRole("figure").filter({ has: page.getByRole("heading", { name: "Status" }) });
    const line = status.getByRole("button", { name: "2xx" });
    await line.waitFor({ timeout: 30_000 });
    await line.click();
    expect(await line.getAttribute("aria-pressed")).toBe("false");
    await status.getByText("As a table").click();
    await status.getByRole("columnheader", { name: "2xx" }).waitFor();
    await status.getByRole("columnheader", { name: "4xx" }).waitFor();
  });
});
