import { describe, expect, it } from "vitest";
import { Interruption } from "../../src/memo/interruption.ts";

const never = new Promise<never>(() => undefined);

describe("Interruption", () => {
  it("gives what the work gives, and throws what it throws", async () => {
    const interruption = new Interruption();
    expect(await interruption.over(Promise.resolve(1))).toBe(1);
    await expect(interruption.over(Promise.reject(new Error("broken")))).rejects.toThrow("broken");
    expect(await interruption.over(Promise.resolve(2))).toBe(2);
  });

  it("ends what is waited for, and all that is waited for later", async () => {
    const interruption = new Interruption();
    const waiting = interruption.over(never);
    interruption.end(new Error("too late"));
    interruption.end(new Error("again"));
    await expect(waiting).rejects.toThrow("too late");
    await expect(interruption.over(never)).rejects.toThrow("too late");
  });
});
