import { createServer } from "node:http";
import { describe, expect, it } from "vitest";
import { listen } from "../origins/listen.ts";
import { HAS_BROWSER, signedInWindow } from "./visit.ts";

describe.skipIf(!HAS_BROWSER)("a webhook", () => {
  it("is made with a secret that is shown once, tried, shows what was not delivered, and sends that again", async () => {
    const told: string[] = [];
    let isDown = true;
    const receiver = await listen(
      createServer((request, answer) => {
        told.push(String(request.headers["webhook-id"]));
        request.resume().on("end", () => answer.writeHead(isDown ? 500 : 204).end());
      }),
    );
    try {
      const { page } = await signedInWindow();
      await page.goto("/webhooks");
      await page.getByLabel("URL").fill(`${receiver.url}/hook`);
      await page.getByRole("button", { name: "Create" }).click();
      const secret = page.getByRole("dialog").locator(".secret code");
      const first = (await secret.textContent()) ?? "";
      expect(first).toMatch(/^whsec_/);
      await page.getByRole("button", { name: "I have copied it" }).click();
      await page.getByRole("button", { name: "Send a test" }).click();
      await page.getByText("Last deliveries").click();
      await page.getByRole("row", { name: /^webhook\.test pending \(500\)/ }).waitFor();
      // It is tried again after five seconds by itself, and then not for minutes.
      await expect.poll(() => told.length, { timeout: 20_000 }).toBe(2);
      isDown = false;
      await page.getByRole("button", { name: "Send again" }).click();
      await page.getByRole("row", { name: /^webhook\.test delivered \(204\)/ }).waitFor();
      expect(told).toEqual([told[0], told[0], told[0]]);

      await page.getByRole("button", { name: "New secret" }).click();
      await page.getByRole("button", { name: "Create a new secret" }).click();
      await expect.poll(() => secret.textContent()).toMatch(/^whsec_/);
      expect(await secret.textContent()).not.toBe(first);
    } finally {
      await receiver.close();
    }
  });
});
