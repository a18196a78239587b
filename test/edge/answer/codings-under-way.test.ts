import { expect, it } from "vitest";
import { codeOnce } from "../../../src/edge/answer/codings-under-way.ts";

const MIB = 1_048_576;

/** Something to be coded, which ends when it is told to. */
function work() {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const made = { times: 0, end: resolve, fail: reject };
  const code = () => {
    made.times++;
    return promise;
  };
  const ask = (name: string, size = MIB, now = 0) => codeOnce(name, size, now, () => undefined, code);
  return { made, ask };
}

it("what many ask for at the same time is coded once, and all of them are told", async () => {
  const { made, ask } = work();
  const all = [ask("a"), ask("a"), ask("a")];
  made.end();
  expect(await Promise.all(all)).toEqual([true, true, true]);
  expect(made.times).toBe(1);
});

it("what fails is nobody's, and is tried again", async () => {
  const { made, ask } = work();
  const all = [ask("b"), ask("b")];
  made.fail();
  expect(await Promise.all(all)).toEqual([false, false]);
  const again = work();
  const second = again.ask("b");
  again.made.end();
  expect(await second).toBe(true);
});

it("four, or 64 MiB, are coded at a time: who comes then is told at once", async () => {
  const { made, ask } = work();
  const large = [ask("c", 32 * MIB), ask("d", 32 * MIB)];
  expect(await ask("e", 1)).toBe(false);
  made.end();
  await Promise.all(large);
  const others = work();
  const small = ["f", "g", "h", "i"].map((name) => others.ask(name, 1));
  expect(await others.ask("j", 1)).toBe(false);
  others.made.end();
  expect(await Promise.all(small)).toEqual([true, true, true, true]);
});

it("one that the platform has ended without a word is begun anew after a minute", async () => {
  const lost = work();
  void lost.ask("k");
  const { made, ask } = work();
  const next = ask("k", MIB, 60_001);
  made.end();
  expect([await next, made.times]).toEqual([true, 1]);
});
