import { createExecutionContext } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { everyMinute } from "../../src/cron.ts";
import { BOUNDS } from "../../src/db/bounds.ts";
import type { Env } from "../../src/env.ts";
import { answerFromBucket } from "../../src/files/answer-from-bucket.ts";
import {
  type Customer,
  call,
  moveClockWithCalls,
  newCustomer,
  newZone,
  type ShownZone,
} from "../support/control-plane.ts";
import { handleApi } from "../support/handle-api.ts";

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

  it("is deleted with all of its files though their bucket fails for longer than it is remembered itself", async () => {
    const other = await newCustomer();
    const site = await newZone(other.live, { origin: "r2://files" });
    await put(site, "a.css", "x", { "x-rescdn-key": other.live });
    expect((await call(`/v1/zones/${site.id}`, { method: "DELETE", key: other.live })).status).toBe(204);
    const broken = { delete: () => Promise.reject(new Error("the bucket is away")) } as unknown as R2Bucket;
    const later = Date.now() + (BOUNDS.zones.over.days + 1) * 86_400_000;
    for (let minutes = 0; minutes < 2; minutes++)
      await expect(everyMinute({ ...env, BUCKET_FILES: broken }, later)).rejects.toThrow("the bucket is away");
    await everyMinute(env, later);
    expect((await env.BUCKET_FILES!.list({ prefix: site.id })).objects).toHaveLength(0);
    const next = await newZone(other.live, { origin: "r2://files" });
    const listed = await call(`/v1/zones/${next.id}/files`, { key: other.live });
    expect(await listed.json()).toMatchObject({ account: { files: 0, bytes: 0 } });
  });

  it("forgets a file that is deleted once more, where the edge could not be told of it the first time", async () => {
    const site = await newSite();
    await put(site, "a.css", "x");
    await (await get(site, "/a.css")).text();
    const prepare = (sql: string) => env.DB.prepare(/INTO purges/.test(sql) ? "SELECT 1 FROM nowhere" : sql);
    const DB = new Proxy(env.DB, {
      get: (db, name) => (name === "prepare" ? prepare : Reflect.get(db, name).bind(db)),
    });
    const url = `http://api.rescdn.io/v1/zones/${site.id}/files/a.css`;
    const request = new Request(url, { method: "DELETE", headers: { "x-rescdn-key": customer.live } });
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    expect((await handleApi(request, { ...env, DB }, createExecutionContext())).status).toBe(500);
    const again = await call(`/v1/zones/${site.id}/files/a.css`, { method: "DELETE", key: customer.live });
    expect([again.status, (await get(site, "/a.css")).status]).toEqual([204, 404]);
  });

  it("keeps nothing in the bucket that it had before, of a file that it has in another", async () => {
    const site = await newSite();
    await put(site, "a.css", "x");
    const other = new Map<string, unknown>();
    const BUCKET_OTHER = {
      async put(key: string, body: ReadableStream) {
        other.set(key, await new Response(body).text());
        return { httpEtag: '"1"' };
      },
    };
    const bindings = { ...env, BUCKET_OTHER } as unknown as Env;
    const send = (method: string, path: string, body: string, type: string) => {
      const headers = { "x-rescdn-key": customer.live, "content-type": type, "content-length": String(body.length) };
      const request = new Request(`http://api.rescdn.io/v1/zones/${site.id}${path}`, { method, body, headers });
      return handleApi(request, bindings, createExecutionContext());
    };
    expect((await send("PATCH", "", '{"origin":"r2://other"}', "application/json")).status).toBe(200);
    expect((await send("PUT", "/files/a.css", "y", "text/css")).status).toBe(200);
    expect([...other]).toEqual([[`${site.id}/a.css`, "y"]]);
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

describe("answerFromBucket()", () => {
  it("never answers one file by the length and the validators of another that has just taken its place", async () => {
    const [key, bucket] = [crypto.randomUUID(), env.BUCKET_FILES!];
    await bucket.put(key, "one");
    const replacing = {
      async head() {
        const looked = await bucket.head(key);
        await bucket.put(key, "another");
        return looked;
      },
      get: bucket.get.bind(bucket),
    } as unknown as R2Bucket;
    const headers = { range: "bytes=0-", "if-range": '"of another time"' };
    const answer = await answerFromBucket(replacing, key, new Request("http://bucket/", { headers }));
    expect(answer.status).toBe(503);
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
      details: [{ field: "origin", message: "is not a bucket of this deployment, which has r2://files" }],
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
