import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { KEPT } from "../../src/server/kept-files.ts";
import { kept } from "../../src/server/toolchain/kept.ts";

let folder: string;
let source: string;
let made: number;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "rescdn-kept-"));
  source = join(folder, "source");
  made = 0;
  write("first", 60);
});
afterEach(() => {
  for (const path of [folder, join(KEPT, basename(folder))]) rmSync(path, { recursive: true, force: true });
});

const make = async () => ({ number: ++made, since: new Date(0) });
const get = (key = "a") => kept(basename(folder), key, [source], make);

/** Writes the source so long ago: what is written this moment might be written again in the same. */
function write(text: string, secondsAgo: number): void {
  writeFileSync(source, text);
  const at = new Date(Date.now() - secondsAgo * 1_000);
  utimesSync(source, at, at);
}

it("makes something once, until what it is made of changes, or what it depends on besides", async () => {
  expect([await get(), await get()]).toEqual(Array(2).fill({ number: 1, since: new Date(0) }));
  write("second", 30);
  expect([(await get()).number, (await get()).number]).toEqual([2, 2]);
  expect([(await get("b")).number, (await get("b")).number]).toEqual([3, 3]);
});

it("makes anew what cannot be read", async () => {
  await get();
  writeFileSync(join(KEPT, basename(folder)), "something else");
  expect((await get()).number).toBe(2);
});
