import { expect, it } from "vitest";
import { survive } from "./durability/survive.ts";

/** `npm run durability -- 30` kills it as often as one likes. */
const KILLS = 2;

it("loses nothing that it has acknowledged when it is killed while clients write, and repairs what lags", {
  timeout: 300_000,
}, async () => {
  const { wrong, acknowledged, counted, hitsAfterRestart } = await survive(KILLS, 7);
  expect(wrong).toEqual([]);
  expect(acknowledged).toBeGreaterThan(20);
  expect(counted, "so that usage is put to the test").toBeGreaterThan(0);
  expect(hitsAfterRestart, "of the cache, so that purges are put to the test").toBeGreaterThan(0);
});
