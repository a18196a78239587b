import { describe, expect, it } from "vitest";
import { newName } from "./account.ts";
import { HAS_BROWSER, signedInWindow } from "./visit.ts";

describe.skipIf(!HAS_BROWSER)("a record", () => {
  it("is written as JSON, and what its name answers over DNS stands beside it", async () => {
    const { page } = await signedInWindow();
    const namespace = newName("app");
    await page.goto("/records");
    await page.getByRole("textbox", { name: "Name" }).fill(namespace);
    await page.getByRole("button", { name: "Create" }).click();
    await page.getByRole("link", { name: namespace }).click();
    await page.getByRole("button", { name: "New record" }).click();
    await page.getByLabel("Data").fill('{"database": ');
    await page.getByText("This is not valid JSON yet").waitFor();
    await page.getByLabel("Data").fill('{"database": "postgres"}');
    await page.getByText("This is JSON.").waitFor();
    await page.getByRole("button", { name: "Create" }).click();
    await page.getByRole("button", { name: `config.${namespace}.v1`, exact: true }).click();
    const answer = page.locator(".dns");
    await expect.poll(() => answer.textContent()).toContain('{"database": "postgres"}');
    await page.getByLabel("Data").fill('{"database": "sqlite"}');
    await page.getByRole("button", { name: "Save" }).click();
    await expect.poll(() => answer.textContent()).toContain('{"database": "sqlite"}');
  });
});
