import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { AnswerMemory, type KeptAnswer, questionKey } from "../../../src/records/dns/answer-memory.ts";
import type { NamespaceDocument } from "../../../src/records/documents.ts";
import { RecordTable } from "../../../src/records/record-table.ts";

const START = 1_800_000_000_000;
const source = (table = new RecordTable(env.ZONES), now = START) => ({ table, now, waitUntil: () => undefined });
const answer = (octets: number, change: Partial<KeptAnswer> = {}): KeptAnswer => ({
  message: new Uint8Array(octets),
  headers: new Headers(),
  basis: {},
  ...change,
});

describe("AnswerMemory", () => {
  it("gives what was kept under the same key", () => {
    const memory = new AnswerMemory();
    const kept = answer(10);
    memory.keep("question", kept);
    expect(memory.recall("question", source())).toBe(kept);
    expect(memory.recall("another", source())).toBeNull();
  });

  it("gives nothing once the table knows another document", () => {
    const table = new RecordTable(env.ZONES);
    const document: NamespaceDocument = {
      name: "app",
      account: "a",
      visibility: "public",
      revision: 1,
      state: "active",
    };
    table.rememberNamespace(document, START);
    const memory = new AnswerMemory();
    memory.keep("question", answer(10, { basis: { namespace: { name: "app", document } } }));
    expect(memory.recall("question", source(table))).not.toBeNull();
    expect(memory.recall("question", source(table, START + 59_999))).not.toBeNull();
    table.rememberNamespace({ ...document, visibility: "private", revision: 2 }, START + 60_000);
    expect(memory.recall("question", source(table, START + 60_000))).toBeNull();
  });

  it("gives nothing where the table would have to ask KV", () => {
    const memory = new AnswerMemory();
    memory.keep("question", answer(10, { basis: { record: { key: "config.app.v1", document: null } } }));
    expect(memory.recall("question", source())).toBeNull();
  });

  it.each([
    ["answers", { entries: 2, weight: 10_000 }, 10],
    ["octets", { entries: 100, weight: 1_000 }, 120],
  ])("forgets all when it holds too many %s", (_what, bounds, octets) => {
    const memory = new AnswerMemory(bounds);
    const most = Math.min(bounds.entries, Math.floor(bounds.weight / (octets + 1)));
    for (let key = 0; key < most; key++) memory.keep(String(key), answer(octets));
    memory.keep("0", answer(octets)); // once more is not one more
    expect(memory.recall("0", source())).not.toBeNull();
    memory.keep("x", answer(octets));
    expect(memory.recall("0", source())).toBeNull();
    expect(memory.recall("x", source())).not.toBeNull();
  });

  it("does not keep what would take a large part of it", () => {
    const memory = new AnswerMemory({ entries: 10, weight: 800 });
    memory.keep("question", answer(100));
    expect(memory.recall("question", source())).toBeNull();
  });
});

describe("questionKey()", () => {
  it("is none where the question is long", () => {
    expect(questionKey(new Uint8Array(514))).toHaveLength(512);
    expect(questionKey(new Uint8Array(515))).toBeNull();
  });

  it("does not depend on the ID, and on every other octet", () => {
    const message = new Uint8Array([1, 2, 3, 4, 255]);
    expect(questionKey(message)).toBe(questionKey(new Uint8Array([9, 9, 3, 4, 255])));
    expect(questionKey(message)).not.toBe(questionKey(new Uint8Array([1, 2, 3, 4, 254])));
  });
});
