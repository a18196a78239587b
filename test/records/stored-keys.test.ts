import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { StoredKeys } from "../../src/records/stored-keys.ts";
import { PlayedNamespace } from "../support/records.ts";

const NOW = 1_800_000_000_000;
const nothing = () => undefined;

async function stored() {
  const space = await new PlayedNamespace("public").publish();
  await space.put("config", "1");
  const query = { namespace: space.name, version: "v1", resource: null };
  const keys = new StoredKeys();
  const read = async (now: number) => (await keys.keysOf(env.DB, query, now, nothing)).keys;
  return { space, keys, read, first: `config.${space.name}.v1`, second: `other.${space.name}.v1` };
}

describe("StoredKeys", () => {
  it("are what D1 held at most 5 seconds ago", async () => {
    const { space, read, first, second } = await stored();
    expect(await read(NOW)).toEqual([first]);
    await space.put("other", "1");
    expect(await read(NOW + 4_999)).toEqual([first]);
    expect(await read(NOW + 5_000)).toEqual([first, second]);
  });

  it("of a namespace that is forgotten are read anew, and what was being read meanwhile is not kept", async () => {
    const { space, keys, read, first, second } = await stored();
    const underWay = read(NOW);
    keys.forget(space.name);
    await underWay;
    await space.put("other", "1");
    expect(await read(NOW)).toEqual([first, second]);
    keys.forget(space.name.slice(0, -1));
    const prepare = vi.spyOn(env.DB, "prepare");
    await read(NOW);
    expect(prepare).not.toHaveBeenCalled();
    prepare.mockRestore();
  });

  it("that could not be read are read by who asks next", async () => {
    const { read, first } = await stored();
    const prepare = vi.spyOn(env.DB, "prepare").mockImplementationOnce(() => {
      throw new Error("D1 is down");
    });
    await expect(read(NOW)).rejects.toThrow("D1 is down");
    expect(await read(NOW)).toEqual([first]);
    prepare.mockRestore();
  });
});
