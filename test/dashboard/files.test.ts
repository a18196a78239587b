import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { ask, newName, statusOf } from "./account.ts";
import { HAS_BROWSER, signedInWindow, started } from "./visit.ts";

const file = (name: string, text: string) => ({ name, mimeType: "text/plain", buffer: Buffer.from(text) });

/** Makes a zone that serves uploaded files, and gives its name: its page is then open. */
async function newZoneOfFiles(page: Page): Promise<string> {
  const zone = newName("files");
  await page.goto("/zones/new");
  await page.getByLabel("Name").fill(zone);
  await page.getByRole("button", { name: "Upload the files here" }).click();
  await page.getByRole("button", { name: "Create the zone" }).click();
  return zone;
}

describe.skipIf(!HAS_BROWSER)("a zone without a server", () => {
  it("serves what is uploaded to it, anew when it is replaced, and no more when it is deleted", async () => {
    const { page } = await signedInWindow();
    const zone = await newZoneOfFiles(page);
    const choose = page.getByLabel("Choose files");
    await page.getByLabel("Into the folder").fill("assets");
    await choose.setInputFiles([file("site.css", "a{}"), file("app.js", "1;")]);
    await page.getByText("2 files are at the edge.").waitFor();
    await page.getByRole("row", { name: /\/assets\/site\.css.*text\/css/ }).waitFor();
    expect(await ask(started, zone, "/assets/site.css")).toBe("MISS");
    expect(await ask(started, zone, "/assets/site.css")).toBe("HIT");

    await choose.setInputFiles(file("site.css", "b{}"));
    await page.getByText("One file is at the edge.").waitFor();
    expect(await ask(started, zone, "/assets/site.css")).toBe("MISS");

    await page.getByLabel("Only files whose paths begin with this").fill("/assets/a");
    await page.getByRole("row", { name: /site\.css/ }).waitFor({ state: "detached" });
    expect(new URL(page.url()).searchParams.get("prefix")).toBe("/assets/a");
    await page.getByRole("button", { name: "Delete /assets/app.js" }).click();
    await page.getByRole("button", { name: "Delete the file" }).click();
    await page.getByText("No file's path begins with /assets/a.").waitFor();
    expect(await statusOf(started, zone, "/assets/app.js")).toBe(404);
  });

  it("says of each file that is not taken why, and tries those again", async () => {
    const { page } = await signedInWindow();
    await newZoneOfFiles(page);
    await page.route("**/files/**", (route) =>
      route.request().url().includes("b.css") ? route.abort() : route.continue(),
    );
    await page.getByLabel("Choose files").setInputFiles([file("a.css", "a{}"), file("b.css", "b{}")]);
    const alert = page.getByRole("alert");
    await alert.getByText("The server cannot be reached").waitFor();
    await page.getByText("One file is at the edge, 1 not.").waitFor();
    await page.unroute("**/files/**");
    await alert.getByRole("button", { name: "Try these again" }).click();
    await page.getByRole("row", { name: /\/b\.css/ }).waitFor();
  });
});
