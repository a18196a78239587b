import { expect, it } from "vitest";
import { runUsageLoad } from "./run.ts";

it("usage is what the clients saw, to the byte, under a mixed load and with meters that fail in both ways", async () => {
  const { calls, differences } = await runUsageLoad(1_500, 3);
  expect(calls.refused).toBeGreaterThan(0);
  expect(calls.unanswered).toBeGreaterThan(0);
  expect(differences).toEqual([]);
});
