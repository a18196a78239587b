import { afterEach, describe, expect, it, vi } from "vitest";
import { BodyReader } from "../../../src/edge/body/body-reader.ts";
import { WrongLength } from "../../../src/edge/body/how-it-broke.ts";
import { Lookahead } from "../../../src/edge/body/lookahead.ts";

const MS = 100;

afterEach(() => {
  vi.useRealTimers();
});

/** A body that comes as the test writes it. */
function body() {
  const { readable, writable } = new IdentityTransformStream();
  const writer = writable.getWriter();
  return {
    ahead: new Lookahead(new BodyReader(readable)),
    write: (text: string) => void writer.write(new TextEncoder().encode(text)).catch(() => undefined),
    close: () => void writer.close().catch(() => undefined),
    breakOff: () => void writer.abort(new Error("broken")).catch(() => undefined),
  };
}

/** All that comes next. */
async function restOf(ahead: Lookahead): Promise<string[]> {
  const texts: string[] = [];
  for (let chunk = await ahead.next(); chunk !== null; chunk = await ahead.next()) {
    texts.push(new TextDecoder().decode(chunk));
  }
  return texts;
}

describe("Lookahead", () => {
  it("gives a whole body that comes in time", async () => {
    const { ahead, write, close } = body();
    const whole = ahead.whole({ size: 4, ms: MS });
    write("ab");
    write("cd");
    close();
    expect(await (await whole)?.text()).toBe("abcd");
  });

  it.each([
    ["shorter", 5],
    ["longer", 3],
  ])("fails with a body that is %s than it should be", async (_, size) => {
    const { ahead, write, close } = body();
    const whole = ahead.whole({ size, ms: MS });
    write("ab");
    write("cd");
    close();
    await expect(whole).rejects.toThrow(WrongLength);
    expect(ahead.bytes).toBe(4);
  });

  it("gives none that takes longer, and then all of it as it comes", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { ahead, write, close } = body();
    write("ab");
    const whole = ahead.whole({ size: 4, ms: MS });
    await vi.advanceTimersByTimeAsync(MS);
    expect(await whole).toBe(null);
    const rest = restOf(ahead);
    write("cd");
    close();
    expect(await rest).toEqual(["ab", "cd"]);
  });

  it("fails with a body that breaks off", async () => {
    const { ahead, write, breakOff } = body();
    const whole = ahead.whole({ size: 4, ms: MS });
    write("ab");
    breakOff();
    await expect(whole).rejects.toThrow("broken");
  });
});
