import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { afterAll, beforeAll, expect, it } from "vitest";
import { listen } from "../origins/listen.ts";
import { temporaryFolder } from "../server/temporary-folder.ts";
import { runCli } from "./run-cli.ts";

const folder = temporaryFolder("assets");
let api: { url: string; close(): Promise<unknown> };
const stored = new Map<string, { bytes: Buffer; type: string }>();
const calls: string[] = [];

/** Files as the API keeps them, a page of two at a time. */
const server = createServer(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? "", "http://api");
  const path = pathname.replace("/v1/zones/site/files", "");
  const bytes = await buffer(request);
  if (request.method === "GET") {
    const from = Number(searchParams.get("cursor") ?? "0");
    const all = [...stored].filter(([name]) => name.startsWith(searchParams.get("prefix") ?? "/"));
    const files = all.slice(from, from + 2).map(([name, { bytes, type }]) => ({
      path: name,
      size: bytes.length,
      content_type: type,
      etag: `"${createHash("md5").update(bytes).digest("hex")}"`,
    }));
    response.end(JSON.stringify({ files, next_cursor: from + 2 < all.length ? String(from + 2) : null }));
    return;
  }
  calls.push(`${request.method} ${path}`);
  if (request.method === "DELETE") stored.delete(path);
  else stored.set(path.replace("%40", "@"), { bytes, type: request.headers["content-type"] ?? "" });
  expect(request.headers["content-length"]).toBe(request.method === "PUT" ? String(bytes.length) : undefined);
  response.writeHead(request.method === "DELETE" ? 204 : 201).end(request.method === "DELETE" ? undefined : "{}");
});

beforeAll(async () => {
  api = await listen(server);
  for (const name of ["assets", ".git", ".well-known"]) await mkdir(join(folder, name));
  for (const [name, text] of [
    ["index.html", "<h1>hi</h1>"],
    ["assets/app.css", "a{}"],
    ["assets/a b@2.js", "1"],
    ["assets/empty", ""],
    [".env", "SECRET=1"],
    [".git/config", "https://me:secret@git.example"],
    [".well-known/security.txt", "Contact: https://example.com"],
  ] as const)
    await writeFile(join(folder, name), text);
});
afterAll(() => api?.close());

it("rescdn deploy-assets uploads what has changed with its type, pages last, deletes what is gone after a question, says so, and leaves out what is hidden", async () => {
  const env = { RESCDN_API: api.url, RESCDN_KEY: "rk_live_x", XDG_CONFIG_HOME: folder };
  const deploy = (...options: string[]) => runCli(["deploy-assets", folder, "--zone", "site", ...options], { env });

  expect(await deploy("--dry-run")).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("Would upload 5 files; 0 unchanged."),
  });
  expect(calls).toEqual([]);
  const first = await deploy();
  expect(first).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("+ /assets/app.css  text/css; charset=utf-8, 3 B\n"),
  });
  expect([calls.splice(0).at(-1), [...stored.keys()].sort()]).toEqual([
    "PUT /index.html",
    ["/.well-known/security.txt", "/assets/a%20b@2.js", "/assets/app.css", "/assets/empty", "/index.html"],
  ]);
  expect([...stored.values()].map(({ type }) => type).sort()).toEqual([
    "application/octet-stream",
    "text/css; charset=utf-8",
    "text/html; charset=utf-8",
    "text/javascript; charset=utf-8",
    "text/plain; charset=utf-8",
  ]);

  expect(await deploy("--delete")).toMatchObject({ code: 0, stdout: "Uploaded 0 files, deleted 0; 5 unchanged.\n" });
  await writeFile(join(folder, "assets/app.css"), "b{}");
  stored.set("/old.css", { bytes: Buffer.from("o"), type: "text/css" });
  stored.set("/%FF.css", { bytes: Buffer.from("o"), type: "text/css" });
  expect(await deploy("--delete")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("Delete 2 files of site?"),
  });
  expect(calls).toEqual([]);
  const again = await deploy("--delete", "--yes", "--json");
  expect(JSON.parse(again.stdout)).toEqual({
    uploaded: ["/assets/app.css"],
    deleted: ["/old.css", "/%FF.css"],
    unchanged: 4,
  });
  expect(calls).toEqual(["PUT /assets/app.css", "DELETE /old.css", "DELETE /%FF.css"]);

  const below = ["--prefix", "neue Bücher"];
  expect(await deploy(...below)).toMatchObject({ code: 0, stdout: expect.stringContaining("Uploaded 5 files; 0") });
  expect([...stored.keys()]).toContain("/neue%20B%C3%BCcher/index.html");
  expect(await deploy(...below)).toMatchObject({ code: 0, stdout: "Uploaded 0 files; 5 unchanged.\n" });
});
