import { createServer, type Server as HttpServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { assetBody } from "./asset-body.ts";
import { ASSETS, assetAt } from "./assets.ts";
import { noCalls } from "./calls.ts";
import { warmAndCheck } from "./check.ts";
import type { Contender } from "./contender.ts";
import { type Origin, startOrigin } from "./origin.ts";
import { costPerMillion } from "./prices.ts";
import { median } from "./summary.ts";
import { figure, formatTable } from "./table.ts";

describe("the bench's figures", () => {
  it.each([
    { values: [3], middle: 3 },
    { values: [9, 1, 5], middle: 5 },
    { values: [10, 9, 1, 2], middle: 5.5 },
    { values: [], middle: Number.NaN },
  ])("median() of $values is $middle", ({ values, middle }) => {
    expect(median(values)).toBe(middle);
  });

  it.each([
    [12_345.6, "12,346"],
    [123.4, "123"],
    [12.34, "12.3"],
    [1.234, "1.23"],
    [Number.NaN, "–"],
  ])("figure() shows %d as %s", (value, text) => {
    expect(figure(value)).toBe(text);
  });

  it("formatTable() aligns names to the left and figures to the right", () => {
    const table = formatTable(
      ["name", "req/s"],
      [
        ["a", "1,234,567"],
        ["longer", "8"],
      ],
    );
    expect(table).toBe(["name        req/s", "------  ---------", "a       1,234,567", "longer          8"].join("\n"));
  });

  it("costPerMillion() adds requests, CPU time and calls by their prices", () => {
    // $0.30 for the requests, 50 µs each are 50,000 ms at $0.02 a million, one KV read each at $0.50 a million.
    expect(costPerMillion({ ...noCalls(), kvReads: 1_000 }, 50)).toBeCloseTo(0.3 + 0.001 + 0.5, 9);
  });

  it("assetAt() knows an asset by its path, whatever the query", () => {
    expect(assetAt(`${ASSETS[0]!.path}?object=1`)).toBe(ASSETS[0]);
    expect(assetAt("/assets/1.js")).toBeUndefined();
  });
});

describe("warmAndCheck()", () => {
  const asset = ASSETS[0]!;
  const body = Buffer.from(assetBody(asset.size));
  const open = new Set<HttpServer>();
  let origin: Origin;

  afterEach(() => {
    for (const server of open) server.close().closeAllConnections();
    open.clear();
    origin.stop();
  });

  async function check(
    state: Contender["state"],
    answer: (ask: () => Promise<unknown>) => RequestListener,
    hasOurHeaders = false,
  ) {
    origin = await startOrigin();
    const server = createServer(answer(() => fetch(origin.url + asset.path)));
    open.add(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const running = { port, pids: [], stop: async () => undefined };
    const expected = state === "constant" ? {} : { "x-cache": state === "hit" ? "HIT" : "MISS" };
    const contender: Contender = { name: "it", state, expected, hasOurHeaders, start: async () => running };
    const headers: [string, string][] = [
      ["Date", ""],
      ["Connection", ""],
      ["Keep-Alive", ""],
      ["Content-Length", ""],
    ];
    return warmAndCheck(contender, running, { asset, origin, folder: "", headers });
  }

  it("takes a contender that asks the origin once and then says HIT", async () => {
    let first = true;
    const caching = check("hit", (ask) => async (_request, response) => {
      if (first) await ask();
      response.setHeader("X-Cache", first ? "MISS" : "HIT").end(body);
      first = false;
    });
    await expect(caching).resolves.toBeUndefined();
  });

  it("takes a contender that always asks the origin for one that misses", async () => {
    const passing = check("miss", (ask) => async (_request, response) => {
      await ask();
      response.setHeader("X-Cache", "MISS").end(body);
    });
    await expect(passing).resolves.toBeUndefined();
  });

  it("takes a constant answer with our fields and no others", async () => {
    await expect(check("constant", () => (_request, response) => void response.end(body))).resolves.toBeUndefined();
  });

  it.each<{ flaw: string; state: Contender["state"]; answer: RequestListener; says: RegExp }>([
    { flaw: "answers 500", state: "hit", answer: (_, response) => void response.writeHead(500).end(), says: /500/ },
    { flaw: "sends a wrong body", state: "hit", answer: (_, response) => void response.end("x"), says: /wrong body/ },
    { flaw: "does not say HIT", state: "hit", answer: (_, response) => void response.end(body), says: /x-cache/ },
    {
      flaw: "says MISS without asking the origin",
      state: "miss",
      answer: (_, response) => void response.setHeader("X-Cache", "MISS").end(body),
      says: /does not miss/,
    },
    {
      flaw: "sends a field more than ours",
      state: "constant",
      answer: (_, response) => void response.setHeader("X-More", "1").end(body),
      says: /x-more/,
    },
  ])("refuses a contender that $flaw", async ({ state, answer, says }) => {
    await expect(check(state, () => answer)).rejects.toThrow(says);
  });

  it("refuses a contender that lacks one of our headers and should have it", async () => {
    const chunked = check(
      "hit",
      () => (_, response) => void response.setHeader("X-Cache", "HIT").write(body, () => response.end()),
      true,
    );
    await expect(chunked).rejects.toThrow(/in the place of connection,content-length/);
  });

  it("refuses a contender that says HIT and asks the origin each time", async () => {
    const lying = check("hit", (ask) => async (_request, response) => {
      await ask();
      response.setHeader("X-Cache", "HIT").end(body);
    });
    await expect(lying).rejects.toThrow(/does not hit/);
  });
});
