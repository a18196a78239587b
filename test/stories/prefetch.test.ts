import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { type Customer, call, newCustomer, newName, newZone, type ShownZone } from "../support/control-plane.ts";
import { asset, type Origin, originAt, playEdge } from "../support/edge.ts";

playEdge();

let customer: Customer;
beforeAll(async () => {
  customer = await newCustomer();
});

let zone: ShownZone;
let origin: Origin;
beforeEach(async () => {
  // Ahead of the runtime's own clock, so that no alarm runs by itself.
  vi.setSystemTime(Date.now() + 3_600_000);
  const url = `https://${newName()}.example`;
  origin = originAt(url);
  zone = await newZone(customer.live, { origin: url });
});

const order = (body: object) =>
  call("/v1/prefetch", { method: "POST", key: customer.live, body: { zone: zone.id, ...body } });
const get = (path: string) => exports.default.fetch(new Request(`http://${zone.name}.rescdn.localhost${path}`));

interface Prefetch {
  id: string;
  state: string;
  total: number | null;
  done: number;
  stored: number;
  held: number;
  not_stored: number;
  failed: number;
  left_out: number;
  reason: string | null;
  results: { path: string; outcome: string; status: number | null; bytes: number; cache_status: string | null }[];
  next_cursor: string | null;
}

/** Has alarms ring until nothing is left to do, and reads what came of it. */
async function outcome(answer: Response): Promise<Prefetch> {
  expect(answer.status).toBe(202);
  const location = answer.headers.get("location")!;
  const read = async () => (await call(`${location}?limit=1000`, { key: customer.live })).json<Prefetch>();
  const prefetcher = env.PREFETCHER.getByName(zone.id);
  for (let rings = 0; rings < 150; rings++) {
    await runDurableObjectAlarm(prefetcher);
    const job = await read();
    if (job.state === "done" || job.state === "failed") return job;
  }
  throw new Error("it is never done");
}

describe("POST /v1/prefetch", () => {
  it("stores what clients then get without the origin", async () => {
    origin.answers(asset("body", { "cache-control": "max-age=600" }));
    const job = await outcome(await order({ paths: ["/a.css", `https://${zone.subdomain}/b.css?v=1`, "/a.css"] }));
    expect(job).toMatchObject({ state: "done", total: 2, done: 2, stored: 2, held: 0, failed: 0 });
    expect(job.results).toMatchObject([
      { path: "/a.css", outcome: "stored", status: 200, bytes: 4, cache_status: expect.stringContaining("stored") },
      { path: "/b.css?v=1", outcome: "stored" },
    ]);
    expect(origin.hits).toBe(2);
    const answer = await get("/b.css?v=1");
    expect(answer.headers.get("x-cache")).toBe("HIT");
    await answer.text();
    const again = await outcome(await order({ paths: ["/a.css"] }));
    expect(again).toMatchObject({ held: 1, stored: 0 });
    expect(origin.hits).toBe(2);
  });

  it("purges first where it is told to, in one call", async () => {
    origin.answers(asset("one", { "cache-control": "max-age=600" }), asset("two", { "cache-control": "max-age=600" }));
    await (await get("/a.css")).text();
    await outcome(await order({ paths: ["/a.css"], purge: true }));
    const answer = await get("/a.css");
    expect(answer.headers.get("x-cache")).toBe("HIT");
    expect(await answer.text()).toBe("two");
  });

  it("tells what is not stored from what fails, by the words that clients read", async () => {
    origin.answers(({ url }) => {
      if (url.endsWith("/private")) return new Response("x", { headers: { "cache-control": "private" } });
      return new Response("gone", { status: 410 });
    });
    const job = await outcome(await order({ paths: ["/private", "/gone"] }));
    expect(job).toMatchObject({ not_stored: 1, failed: 1 });
    expect(job.results[0]?.cache_status).toContain("detail=private");
    expect(job.results[1]).toMatchObject({ outcome: "failed", status: 410 });
  });

  it("reads a sitemap and the sitemaps that it leads to, and leaves other hosts out", async () => {
    const host = zone.subdomain;
    const index = `<?xml version="1.0"?><sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
      <sitemap><loc>https://${host}/more.xml</loc></sitemap></sitemapindex>`;
    const more = `<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc> https://${host}/a.css?x=1&amp;y=2 </loc></url>
      <url><loc>${origin.url}/b.css</loc></url><url><loc>https://elsewhere.example/c.css</loc></url></urlset>`;
    const files: Record<string, string> = { "/sitemap.xml": index, "/more.xml": more };
    origin.answers(
      ({ url }) => new Response(files[new URL(url).pathname] ?? "x", { headers: { "cache-control": "max-age=60" } }),
    );
    const job = await outcome(await order({ sitemap: `${origin.url}/sitemap.xml` }));
    expect(job).toMatchObject({ state: "done", total: 2, stored: 2, left_out: 1 });
    expect(job.results.map(({ path }) => path)).toEqual(["/a.css?x=1&y=2", "/b.css"]);
  });

  it("keeps an order that comes while the origin is waited for because of another", async () => {
    const { promise: taken, resolve: go } = Promise.withResolvers<void>();
    origin.answers(async () => {
      await taken;
      return new Response("x", { headers: { "cache-control": "max-age=60" } });
    });
    const first = await order({ paths: ["/a.css"] });
    const ring = runDurableObjectAlarm(env.PREFETCHER.getByName(zone.id));
    await expect.poll(() => origin.hits).toBe(1);
    const second = await order({ paths: ["/b.css"] });
    go();
    await ring;
    expect(await outcome(first)).toMatchObject({ stored: 1 });
    expect(await outcome(second)).toMatchObject({ stored: 1 });
  });

  it("says why a sitemap cannot be used", async () => {
    origin.answers(asset("<html><p>no sitemap</html>", { "content-type": "text/html" }));
    expect(await outcome(await order({ sitemap: "/sitemap.xml" }))).toMatchObject({
      state: "failed",
      reason: expect.stringContaining("is not a sitemap"),
    });
    origin.answers(asset("gone", {}, 404));
    expect(await outcome(await order({ sitemap: "/other.xml" }))).toMatchObject({
      reason: "the sitemap /other.xml was answered with status 404",
    });
  });

  it("ends with a sitemap that breaks off, is no gzip, or names others by endless names; orders behind it go on", async () => {
    const gzip = new Uint8Array([0x1f, 0x8b, 8, 0, 1, 2, 3, 4, 5, 6, 7, 8]);
    const endless = `/${"x".repeat(200_000)}.xml`;
    const files: Record<string, () => BodyInit> = {
      "/broken.xml": () => {
        let pulls = 0;
        return new ReadableStream({
          pull(controller) {
            if (pulls++ === 0) controller.enqueue(new TextEncoder().encode("<urlset>"));
            else controller.error(new Error("gone"));
          },
        });
      },
      "/no-gzip.xml": () => gzip,
      "/endless.xml": () =>
        `<sitemapindex><sitemap><loc>https://${zone.subdomain}${endless}</loc></sitemap></sitemapindex>`,
      "/a.css": () => "a",
    };
    origin.answers(
      ({ url }) =>
        new Response(files[new URL(url).pathname]!(), {
          headers: { "cache-control": "no-store", "content-type": "text/xml" },
        }),
    );
    const sitemaps = ["/broken.xml", "/no-gzip.xml", "/endless.xml"];
    const orders: Response[] = [];
    for (const sitemap of sitemaps) orders.push(await order({ sitemap }));
    const behind = await order({ paths: ["/a.css"] });
    expect(await outcome(behind)).toMatchObject({ state: "done", not_stored: 1 });
    const reasons = [];
    for (const taken of orders) reasons.push((await outcome(taken)).reason);
    expect(reasons).toEqual([
      "the sitemap /broken.xml breaks off, or begins like gzip without being it",
      "the sitemap /no-gzip.xml breaks off, or begins like gzip without being it",
      "the sitemap has no URL on this zone's hosts, or on its origin's",
    ]);
  });

  it("takes the first thousand URLs of very many", async () => {
    const urls = Array.from({ length: 60_000 }, (_, n) => `<url><loc>https://${zone.subdomain}/${n}</loc></url>`);
    const sitemap = `<urlset>${urls.join("")}</urlset>`;
    origin.answers(() => new Response(sitemap, { headers: { "content-type": "text/xml" } }));
    const taken = await order({ sitemap: "/sitemap.xml" });
    const prefetcher = env.PREFETCHER.getByName(zone.id);
    await runDurableObjectAlarm(prefetcher);
    await runInDurableObject(prefetcher, (_, { storage }) => storage.deleteAlarm());
    const read = await call(taken.headers.get("location")!, { key: customer.live });
    expect(await read.json()).toMatchObject({ state: "running", total: 1_000, left_out: 59_000 });
  });

  it("keeps what caches at the origin say of themselves in bounds", async () => {
    const said = `theirs; detail=${"d".repeat(3_900)}`;
    origin.answers(asset("x", { "cache-control": "max-age=60", "cache-status": said }));
    const { results } = await outcome(await order({ paths: ["/a.css"] }));
    expect(results[0]!.cache_status).toHaveLength(500);
  });

  it("asks at most ten things at once, in pages that can be read", async () => {
    let underWay = 0;
    let most = 0;
    origin.answers(async () => {
      most = Math.max(most, ++underWay);
      await Promise.resolve();
      underWay--;
      return new Response("x", { headers: { "cache-control": "max-age=60" } });
    });
    const paths = Array.from({ length: 25 }, (_, index) => `/${index}.css`);
    const job = await outcome(await order({ paths }));
    expect(job).toMatchObject({ total: 25, stored: 25 });
    expect(most).toBeLessThanOrEqual(10);
    const page = await call(`/v1/prefetch/${job.id}?limit=10&cursor=20`, { key: customer.live });
    expect(await page.json()).toMatchObject({ results: { length: 5 }, next_cursor: null });
  });

  it("takes five orders of a zone at a time, and forgets them after seven days", async () => {
    origin.answers(asset("x", { "cache-control": "max-age=60" }));
    const answers: Response[] = [];
    for (let count = 0; count < 6; count++) answers.push(await order({ paths: ["/a.css"] }));
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202, 202, 429]);
    const last = answers[4]!;
    await outcome(last);
    vi.setSystemTime(Date.now() + 8 * 86_400_000);
    await runDurableObjectAlarm(env.PREFETCHER.getByName(zone.id));
    expect((await call(last.headers.get("location")!, { key: customer.live })).status).toBe(404);
  });

  it.each([
    ["paths and a sitemap", { paths: ["/a"], sitemap: "/s.xml" }, "body"],
    ["neither", {}, "body"],
    ["a path of another host", { paths: ["https://elsewhere.example/a"] }, "paths.0"],
    ["a sitemap of another host", { sitemap: "https://elsewhere.example/s.xml" }, "sitemap"],
    ["a sitemap to purge", { sitemap: "/s.xml", purge: true }, "purge"],
  ])("refuses %s, and says where", async (_, body, field) => {
    const answer = await order(body);
    expect(answer.status).toBe(422);
    expect((await answer.json<{ details: { field: string }[] }>()).details[0]?.field).toBe(field);
  });
});
