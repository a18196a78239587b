import { describe, expect, it } from "vitest";
import { AddressWindows } from "../../src/accounts/address-windows.ts";

const NOW = 1_800_000_000_000;

describe("AddressWindows", () => {
  it("count each address by itself, over any 60 seconds", () => {
    const windows = new AddressWindows();
    expect([1, 2, 3].map(() => windows.take("203.0.113.1", 2, NOW).allowed)).toEqual([true, true, false]);
    expect(windows.take("203.0.113.2", 2, NOW + 59_999).allowed).toBe(true);
    expect(windows.take("203.0.113.1", 2, NOW + 59_999).allowed).toBe(false);
    expect(windows.take("203.0.113.1", 2, NOW + 60_000).allowed).toBe(true);
  });

  it("forget those that have been quiet for longest when there are more than 2,000", () => {
    const windows = new AddressWindows();
    const take = (address: number) => windows.take(String(address), 1, NOW).allowed;
    for (let address = 0; address < 2_000; address++) expect(take(address)).toBe(true);
    expect(take(0)).toBe(false);
    expect(take(2_000)).toBe(true);
    expect(take(1)).toBe(false);
    expect(take(0)).toBe(true);
  });
});
