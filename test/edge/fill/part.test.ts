import { describe, expect, it } from "vitest";
import type { Store } from "../../../src/edge/cache/store.ts";
import type { StoredResponse } from "../../../src/edge/cache/stored-response.ts";
import { outOfPart } from "../../../src/edge/fill/part.ts";
import { targetOf } from "../../../src/edge/request/target.ts";
import { zoneDocument } from "../../support/zone-document.ts";

const NOW = 1_800_000_000_000;

interface Case {
  range: string;
  label?: string;
  bytes?: string;
  change?: Partial<StoredResponse>;
}

/** What comes of a range where four of ten bytes are stored, from the second on, and what became of the part. */
async function read({ range, label = "bytes 2-5/10", bytes = "2345", change = {} }: Case) {
  const happened: string[] = [];
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        happened.push("read");
        controller.enqueue(new TextEncoder().encode(bytes));
        controller.close();
      },
      cancel: () => void happened.push("let go of"),
    },
    { highWaterMark: 0 },
  );
  const headers = [["content-range", label]];
  const times = { answeredAt: NOW, initialAge: 0, lifetime: 100, source: "max-age" };
  const stored = { status: 206, headers, size: bytes.length, tags: [], zoneVersion: 1, ...times, ...change };
  const store = {
    findPart: async () => ({ stored, body }),
    removePart: async () => void happened.push("removed"),
  } as unknown as Store;
  const zone = zoneDocument();
  const target = targetOf(new URL("https://z.rescdn.io/a.mp4"), zone);
  const request = new Request("https://z.rescdn.io/a.mp4", { headers: { range } });
  const asked = { store, zone, target, request, now: NOW, waitUntil: () => undefined };
  const outcome = await outOfPart(asked as unknown as Parameters<typeof outOfPart>[0]);
  return { outcome, happened: happened.join(", ") };
}

describe("outOfPart()", () => {
  it.each<[string, Case, number]>([
    ["all that is stored", { range: "bytes=2-5" }, 10],
    ["what lies within", { range: "bytes=3-4" }, 10],
    ["the end", { range: "bytes=-1", label: "bytes 6-9/10", bytes: "6789" }, 10],
    [
      "the end where the bytes are fewer than the label says",
      { range: "bytes=-1", label: "bytes 6-9/10", bytes: "67" },
      8,
    ],
  ])("gives %s: %j", async (_title, given, size) => {
    const { outcome, happened } = await read(given);
    expect(outcome?.source).toMatchObject({ kind: "part", first: given.label ? 6 : 2 });
    expect(outcome?.stored).toMatchObject({ status: 200, headers: [], size });
    expect(happened).toBe("read");
  });

  it.each<[string, Case]>([
    ["begins before it", { range: "bytes=1-4" }],
    ["ends after it", { range: "bytes=3-6" }],
    ["is open", { range: "bytes=3-" }],
    ["ends after its bytes, whatever the label says", { range: "bytes=2-5", bytes: "234" }],
    ["is beyond the whole", { range: "bytes=10-" }],
    ["is of something whose size is not known", { range: "bytes=2-5", label: "bytes 2-5/*" }],
    ["is of something that does not say what it is", { range: "bytes=2-5", label: "2-5" }],
    ["is of so many bytes as nobody counted", { range: "bytes=2-5", change: { size: null } }],
  ])("lets go of the body unread where the range %s: %j", async (_title, given) => {
    expect(await read(given)).toEqual({ outcome: null, happened: "let go of" });
  });

  it("removes what is fresh no more", async () => {
    const old = { answeredAt: NOW - 101_000 };
    expect(await read({ range: "bytes=2-5", change: old })).toEqual({ outcome: null, happened: "let go of, removed" });
  });
});
