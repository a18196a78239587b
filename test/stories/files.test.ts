import { env, exports } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { everyMinute } from "../../src/cron.ts";
import {
  type Customer,
  call,
  moveClockWithCalls,
  newCustomer,
  newZone,
  type ShownZone,
} from "../support/control-plane.ts";

moveClockWithCalls();

let customer: Customer;
beforeAll(async () => {
  customer = await newCustomer();
});

const newSite = () => newZone(customer.live, { origin: "r2://files" });

function put({ id }: Pick<ShownZone, "id">, path: string, body: string, headers: Record<string, string> = {}) {
  const length = String(new TextEncoder().encode(body).byteLength);
  const fields = { "content-type": "application/x-www-form-urlencoded", "content-length": length, ...headers };
  return call(`/v1/zones/${id}/files/${path}`, { method: "PUT", key: customer.live, body, headers: fields });
}

const get = ({ name }: ShownZone, path: string, init?: RequestInit) =>
  exports.default.fetch(new Request(`http://${name}.rescdn.localhost${path}`, init));

describe("a zone whose origin is a bucket", () => {
  it("serves a file as soon as it is uploaded, with its name's type, from the edge", async () => {
    const site = await newSite();
    expect((await get(site, "/assets/site.css")).status).toBe(404);
    const answer = await put(site, "assets/site.css", "body{}");
    expect(answer.status).toBe(201);
    expect(await answer.json()).toMatchObject({
      path: "/assets/site.css",
      url: `https://${site.name}.rescdn.io/assets/site.css`,
      size: 6,
      content_type: "text/css",
    });
    const miss = await get(site, "/assets/site.css");
    expect(miss.status).toBe(200);
    expect(miss.headers.get("content-type")).toBe("text/css");
    expect(miss.headers.get("x-cache")).toBe("MISS");
    expect(await miss.text()).toBe("body{}");
    const hit = await get(site, "/assets/site.css");
    expect(hit.headers.get("x-cache")).toBe("HIT");
    expect(await hit.text()).toBe("body{}");
  });

  it("serves a page as one, whose type nobody else says", async () => {
    const site = await newSite();
    await put(site, "index.html", "<h1>Hello</h1>");
    const answer = await get(site, "/");
    expect(answer.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(await answer.text()).toBe("<h1>Hello</h1>");
  });

  it("purges a path in the same breath when its file is replaced, and when it is deleted", async () => {
    const site = await newSite();
    await put(site, "a.css", "one");
    await (await get(site, "/a.css")).text();
    expect((await put(site, "a.css", "two")).status).toBe(200);
    expect(await (await get(site, "/a.css?v=1")).text()).toBe("two");
    expect(await (await get(site, "/a.css")).text()).toBe("two");
    const deleted = await call(`/v1/zones/${site.id}/files/a.css`, { method: "DELETE", key: customer.live });
    expect(deleted.status).toBe(204);
    expect((await get(site, "/a.css")).status).toBe(404);
    expect((await call(`/v1/zones/${site.id}/files/a.css`, { method: "DELETE", key: customer.live })).status).toBe(404);
  });

  it("answers ranges and conditions by the bucket's own metadata", async () => {
    const site = await newSite();
    await put(site, "a.txt", "0123456789", { "content-type": "text/plain" });
    const part = await get(site, "/a.txt", { headers: { range: "bytes=2-4" } });
    expect(part.status).toBe(206);
    expect(part.headers.get("content-range")).toBe("bytes 2-4/10");
    expect(await part.text()).toBe("234");
    const end = await get(site, "/a.txt", { headers: { range: "bytes=-3" } });
    expect(await end.text()).toBe("789");
    expect((await get(site, "/a.txt", { headers: { range: "bytes=20-" } })).status).toBe(416);
    const head = await get(site, "/a.txt", { method: "HEAD" });
    expect(head.headers.get("content-length")).toBe("10");
    const whole = await get(site, "/a.txt");
    const etag = whole.headers.get("etag")!;
    await whole.text();
    expect(etag).toMatch(/^"[0-9a-f]{32}"$/);
    expect((await get(site, "/a.txt", { headers: { "if-none-match": etag } })).status).toBe(304);
    expect((await get(site, "/a.txt", { headers: { "if-match": '"other"' } })).status).toBe(412);
  });

  it("serves the index of a folder, and purges it with its file", async () => {
    const site = await newSite();
    await put(site, "docs/index.html", "<p>one");
    expect(await (await get(site, "/docs/")).text()).toBe("<p>one");
    await put(site, "docs/index.html", "<p>two");
    expect(await (await get(site, "/docs/")).text()).toBe("<p>two");
  });

  it("takes a path in whatever spelling of it a client asks by", async () => {
    const site = await newSite();
    await put(site, "a%20b/%c3%a9.txt", "x");
    expect(await (await get(site, "/a%20b/%C3%A9.txt")).text()).toBe("x");
    await put(site, "c%2Fd.txt", "y"); // as makers of clients write a parameter
    expect(await (await get(site, "/c/d.txt")).text()).toBe("y");
    await put(site, "e/../f.txt", "z");
    expect(await (await get(site, "/f.txt")).text()).toBe("z");
  });

  it("sees nothing of what another zone has uploaded", async () => {
    const [one, other] = [await newSite(), await newSite()];
    await put(one, "secret.txt", "of one");
    expect((await get(other, "/secret.txt")).status).toBe(404);
    for (const path of [`/../${one.id}/secret.txt`, `/%2e%2e/${one.id}/secret.txt`, `//${one.id}/secret.txt`])
      expect((await get(other, path)).status).toBe(404);
  });

  it("lists its files by path, in pages, with what the account keeps", async () => {
    const site = await newSite();
    for (const path of ["b.css", "a/2.css", "a/1.css"]) await put(site, path, "x");
    const list = (query: string) =>
      call(`/v1/zones/${site.id}/files?${query}`, { key: customer.live }).then((answer) =>
        answer.json<{ files: { path: string }[]; next_cursor: string | null; account: { files: number } }>(),
      );
    const first = await list("limit=2");
    expect(first.files.map(({ path }) => path)).toEqual(["/a/1.css", "/a/2.css"]);
    expect(first.account.files).toBeGreaterThanOrEqual(3);
    const second = await list(`limit=2&cursor=${first.next_cursor}`);
    expect(second.files.map(({ path }) => path)).toEqual(["/b.css"]);
    expect(second.next_cursor).toBeNull();
    expect((await list("prefix=/a/")).files).toHaveLength(2);
  });

  it("is deleted with all of its files, page by page", async () => {
    const site = await newSite();
    await put(site, "a.css", "x");
    expect((await env.BUCKET_FILES!.list({ prefix: site.id })).objects).toHaveLength(1);
    expect((await call(`/v1/zones/${site.id}`, { method: "DELETE", key: customer.live })).status).toBe(204);
    await everyMinute(env, Date.now());
    expect((await env.BUCKET_FILES!.list({ prefix: site.id })).objects).toHaveLength(0);
  });

  it("stands in the audit log and in the history of purges with what was done", async () => {
    const site = await newSite();
    await put(site, "a.css", "x");
    const audit = await call("/v1/audit?action=file.put", { key: customer.live });
    expect((await audit.json<{ entries?: unknown[] }>()) as object).toMatchObject({});
    const purges = await call(`/v1/purges?zone=${site.id}`, { key: customer.live });
    expect(await purges.json()).toMatchObject({ purges: [{ paths: ["/a.css"] }] });
  });
});

describe("what is refused of files", () => {
  it("a bucket that nobody has bound, as an origin", async () => {
    const answer = await call("/v1/zones", {
      method: "POST",
      key: customer.live,
      body: { name: "no-bucket-here", origin: "r2://other" },
    });
    expect(answer.status).toBe(422);
    expect(await answer.json()).toMatchObject({
      details: [{ field: "origin", message: "is no bucket of this deployment, which has r2://files" }],
    });
  });

  it("a file of a zone with a server, a form, a folder, and one that is shorter than it says", async () => {
    const withServer = await newZone(customer.live);
    expect(await (await put(withServer, "a.css", "x")).json()).toMatchObject({ code: "no_bucket" });
    const site = await newSite();
    expect((await put(site, "a.css", "x", { "content-type": "multipart/form-data; boundary=x" })).status).toBe(415);
    expect((await put(site, "folder/", "x")).status).toBe(422);
    expect((await put(site, "a.css", "x", { "content-length": "2" })).status).toBe(400);
    const listed = await call(`/v1/zones/${site.id}/files`, { key: customer.live });
    expect(await listed.json()).toMatchObject({ files: [] });
  });
});
