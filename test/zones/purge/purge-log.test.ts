import { describe, expect, it, vi } from "vitest";
import { textHash } from "../../../src/text-hash.ts";
import { buildPurgeLog, PREFIX_BOUND, type Purge, purgeVerdict } from "../../../src/zones/purge/purge-log.ts";

/** Purges of `count` things of one kind, newest first; the version of each is its number. */
function purges(kind: Purge["kind"], count: number): Purge[] {
  return Array.from({ length: count }, (_, i) => {
    const version = count - i;
    return { kind, value: `/${version}/`, soft: false, version, at: version };
  });
}

const verdict = (log: ReturnType<typeof buildPurgeLog>, path: string, version: number) =>
  purgeVerdict(log, { path, query: "", tagHashes: [], version }).kind;

describe("buildPurgeLog()", () => {
  it.each<[Purge["kind"], number | undefined, number]>([
    ["path", 10, 10],
    ["prefix", 10, 10],
    ["prefix", undefined, PREFIX_BOUND],
  ])("holds %ss up to the bound %s, and folds older ones into a purge of everything", (kind, bound, held) => {
    const count = held + 3;
    const log = buildPurgeLog(purges(kind, count), bound);
    expect(Object.keys(kind === "path" ? log.paths : log.prefixes)).toHaveLength(held);
    expect(log.everything).toEqual([3, 0, 0]);
    for (const version of [0, 2]) expect(verdict(log, "/elsewhere", version)).toBe("purged");
    expect(verdict(log, "/elsewhere", 3)).toBe("valid");
    for (const purged of [1, 3, 4, count]) expect(verdict(log, `/${purged}/`, purged - 1)).toBe("purged");
    expect(verdict(log, `/${count}/`, count)).toBe("valid");
  });

  it("counts a prefix that is purged again and again once", () => {
    const again = purges("prefix", PREFIX_BOUND * 2).map((purge) => ({ ...purge, value: "/a/" }));
    expect(buildPurgeLog(again).everything).toEqual([0, 0, 0]);
  });
});

describe("purgeVerdict()", () => {
  it("hashes none of a stored response's tags, however many there are", () => {
    const tagHashes = Array.from({ length: 1_000 }, (_, at) => textHash(`tag ${at}`));
    const log = buildPurgeLog([{ kind: "tag", value: "tag 999", soft: false, version: 2, at: 0 }]);
    const encode = vi.spyOn(TextEncoder.prototype, "encode");
    expect(purgeVerdict(log, { path: "/a", query: "", tagHashes, version: 1 })).toEqual({ kind: "purged" });
    expect(encode).not.toHaveBeenCalled();
    encode.mockRestore();
  });
});
