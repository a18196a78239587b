import type { OpenAPIHono, RouteConfig } from "@hono/zod-openapi";
import { auditStatement } from "../accounts/audit-log.ts";
import { BOUNDS, FILE_BYTES, rowsOf } from "../db/bounds.ts";
import { isoSeconds } from "../db/iso-seconds.ts";
import { newId } from "../db/new-id.ts";
import { bucketName, bucketOf, fileKey } from "../files/buckets.ts";
import { deleteFileRow, type FileRow, filesOf, findFile, listFiles, putFileRow } from "../files/file-rows.ts";
import { zoneHosts } from "../hosts.ts";
import { normalisePath } from "../http/uri.ts";
import { actorOf } from "../rest/actor-of.ts";
import type { RestContext, RestEnv } from "../rest/context.ts";
import { settingsOf } from "../settings.ts";
import { assetOf } from "../zones/asset-types.ts";
import { accelerate } from "../zones/purge/purge-acceleration.ts";
import { recordPurge } from "../zones/purge/purges.ts";
import type { ZoneRow } from "../zones/rows.ts";
import { bringToEdge } from "./bring-to-edge.ts";
import { Problem } from "./errors.ts";
import { deleteFileRoute, listFilesRoute, putFileRoute } from "./file-routes.ts";
import { invalidField } from "./validation.ts";
import { zoneInScope, zoneNotFound } from "./zone-in-scope.ts";

/** Adds `/v1/zones/{id}/files` to the API. */
export function addFiles(app: OpenAPIHono<RestEnv>): void {
  app.openapi(listFilesRoute, async (c) => {
    const { limit, cursor, prefix = "" } = c.req.valid("query");
    const zone = await zoneInScope(c, c.req.valid("param").id);
    const after = cursor === undefined ? null : pathOfCursor(cursor);
    const found = await listFiles(c.env.DB, zone.id, { prefix, after, limit: limit + 1 });
    const files = found.slice(0, limit);
    const next_cursor = found.length > limit ? btoa(files.at(-1)!.path) : null;
    const limits = limitsOf(c);
    const { files: count, bytes } = await filesOf(c.env.DB, c.var.caller.account);
    const account = { files: count, bytes, files_limit: limits.files, bytes_limit: limits.bytes };
    return c.json({ files: files.map((file) => shown(c, zone, file)), next_cursor, account }, 200);
  });

  app.openapi(atAnyDepth(app, putFileRoute), async (c) => {
    const zone = await zoneInScope(c, c.req.valid("param").id);
    const { file, isNew } = await putFile(c, zone, pathOf(c));
    return c.json(shown(c, zone, file), isNew ? 201 : 200);
  });

  app.openapi(atAnyDepth(app, deleteFileRoute), async (c) => {
    const zone = await zoneInScope(c, c.req.valid("param").id);
    const path = pathOf(c);
    const file = await findFile(c.env.DB, zone.id, path);
    if (file === null) throw new Problem("not_found", { sentence: "file not found" });
    await bucketOf(c.env, file.bucket)?.delete(fileKey(zone.id, path));
    await purgePath(c, zone, path, { action: "file.delete", before: { path, size: file.size }, after: null });
    // Last, so that the file can be deleted again until every location has forgotten it.
    await deleteFileRow(c.env.DB, zone.id, path);
    return c.body(null, 204);
  });
}

/** A route whose last parameter may contain slashes. The document shows it as it was declared. */
function atAnyDepth<Route extends RouteConfig>(app: OpenAPIHono<RestEnv>, route: Route): Route {
  // The document shows every property that it is given, and should not show middleware.
  const { middleware: _, ...shown } = route;
  app.openAPIRegistry.registerPath(shown as RouteConfig);
  return { ...route, path: `${route.path}{.+}`, hide: true };
}

async function putFile(c: RestContext, zone: ZoneRow, path: string): Promise<{ file: FileRow; isNew: boolean }> {
  const bucket = bucketName(zone.origin);
  const store = bucket === null ? null : bucketOf(c.env, bucket);
  if (bucket === null || store === null) throw new Problem("no_bucket");
  const contentType = contentTypeOf(c, path);
  const { size, body } = await uploadOf(c);
  const before = await findFile(c.env.DB, zone.id, path);
  const { account } = c.var.caller;
  const limits = limitsOf(c);
  const row: FileRow = { zone: zone.id, path, bucket, size, contentType, etag: "", uploadedAt: c.var.now };
  // The row comes first: what it does not allow is not stored, and nothing is ever stored without one.
  if (!(await putFileRow(c.env.DB, account, row, limits))) throw tooMuch(limits);
  const undo = () =>
    before === null ? deleteFileRow(c.env.DB, zone.id, path) : putFileRow(c.env.DB, account, before, NO_LIMITS);
  const object = await store
    .put(fileKey(zone.id, path), body, { httpMetadata: { contentType } })
    .catch(async (error: unknown) => {
      await undo();
      if (String(error).includes("FixedLengthStream")) throw new Problem("length_unknown", { sentence: NOT_WHOLE });
      throw error;
    });
  const file = { ...row, etag: object.httpEtag };
  await putFileRow(c.env.DB, account, file, NO_LIMITS);
  // The zone had another bucket, where nothing would ever find the file again.
  if (before !== null && before.bucket !== bucket) await bucketOf(c.env, before.bucket)?.delete(fileKey(zone.id, path));
  const told = ({ size, contentType, etag }: FileRow) => ({ path, size, content_type: contentType, etag });
  await purgePath(c, zone, path, { action: "file.put", before: before && told(before), after: told(file) });
  return { file, isNew: before === null };
}

const NOT_WHOLE = "the request body is not as long as Content-Length says: it broke off, or goes on";

/** The longest body of unknown length: R2 needs the length before the body. */
const UNMEASURED_BYTES = 1_048_576;

/** The body and its length. A body that is not as long as it says is not stored. */
async function uploadOf(c: RestContext): Promise<{ size: number; body: ReadableStream | Blob }> {
  const { body } = c.req.raw;
  const length = c.req.header("content-length");
  if (body === null) return { size: 0, body: new Blob([]) };
  if (length === undefined) return unmeasured(body);
  const size = Number(length);
  if (!(size <= FILE_BYTES.file)) throw new Problem("body_too_large", { sentence: "a file may have at most 100 MiB" });
  return { size, body: body.pipeThrough(new FixedLengthStream(size)) };
}

async function unmeasured(body: ReadableStream<Uint8Array>): Promise<{ size: number; body: Blob }> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of body as unknown as AsyncIterable<Uint8Array>) {
    size += piece.byteLength;
    if (size > UNMEASURED_BYTES) throw new Problem("length_unknown");
    pieces.push(piece);
  }
  return { size, body: new Blob(pieces) };
}

const NO_LIMITS = { files: Number.MAX_SAFE_INTEGER, bytes: Number.MAX_SAFE_INTEGER };

/** Makes every location forget a path, and records why. */
async function purgePath(
  c: RestContext,
  zone: ZoneRow,
  path: string,
  change: { action: "file.put" | "file.delete"; before: object | null; after: object | null },
): Promise<void> {
  const { caller, now } = c.var;
  // A path that ends in a slash is answered with its index.
  const folder = path.endsWith("/index.html") ? [path.slice(0, -"index.html".length)] : [];
  const targets = [path, ...folder].map((value) => ({ kind: "path" as const, value }));
  const order = { id: newId("purge"), zone: zone.id, soft: false, targets, createdBy: caller.keyId };
  const audit = auditStatement(c.env.DB, actorOf(c), { ...change, target: zone.id }, now);
  const limit = rowsOf(BOUNDS.purges.rows, caller.plan);
  if ((await recordPurge(c.env.DB, order, audit, now, limit)) === null) throw zoneNotFound();
  if (settingsOf(c.env).cloudflare !== null) c.executionCtx.waitUntil(accelerate(c.env.PURGE_ACCELERATOR, order));
  await bringToEdge(c, zone.name);
}

/** The longest path, in characters: R2 allows keys of 1,024 bytes, including the zone's id. */
const LONGEST_PATH = 900;

/** The path in the form that the edge will ask for, or a 422. Generated clients encode the slashes of a parameter. */
function pathOf(c: RestContext): string {
  const { pathname } = new URL(c.req.url);
  const [, rest = ""] = /^\/v1\/zones\/[^/]+\/files(\/.*)$/.exec(pathname) ?? [];
  const path = normalisePath(rest.replace(/%2F/gi, "/"));
  if (path.endsWith("/")) throw invalidField("path", "must not end in a slash: name the file, such as index.html");
  if (path.length > LONGEST_PATH) throw invalidField("path", `must not be longer than ${LONGEST_PATH} characters`);
  if (/%(?![0-9A-F]{2})/i.test(path)) throw invalidField("path", "has a % that encodes nothing");
  return path;
}

/** The type it is served with: from the request, or else from its name. */
function contentTypeOf(c: RestContext, path: string): string {
  const said = c.req.header("content-type")?.trim() ?? "";
  if (/^multipart\/form-data\b/i.test(said))
    throw new Problem("unsupported_media_type", {
      sentence: "the body must be the file itself, not a form: curl -T <file>, or --data-binary @<file>",
    });
  // curl sends this type if nobody specifies one.
  const isUnsaid = said === "" || /^application\/x-www-form-urlencoded$/i.test(said);
  return isUnsaid ? typeOf(path) : said.slice(0, 200);
}

function typeOf(path: string): string {
  // The edge does not count a page as an asset, and keeps whatever type an origin gives it. Here nobody else would give it one.
  if (/\.html?$/i.test(path)) return "text/html; charset=utf-8";
  return assetOf(path)?.contentType ?? "application/octet-stream";
}

function limitsOf(c: RestContext) {
  const { plan } = c.var.caller;
  return { files: rowsOf(BOUNDS.files.rows, plan), bytes: FILE_BYTES.account[plan] };
}

function tooMuch({ files, bytes }: { files: number; bytes: number }): Problem {
  const gigabytes = bytes / 2 ** 30;
  return new Problem("limit_reached", {
    sentence: `the plan allows ${files} files of ${gigabytes} GiB in all: delete some, or ask for a larger plan`,
  });
}

function pathOfCursor(cursor: string): string {
  try {
    return atob(cursor);
  } catch {
    throw invalidField("cursor", "is not a cursor of this list");
  }
}

function shown(c: RestContext, { name }: ZoneRow, { path, size, contentType, etag, uploadedAt }: FileRow) {
  const url = `https://${zoneHosts(name, settingsOf(c.env))[0]}${path}`;
  return { path, url, size, content_type: contentType, etag, uploaded: isoSeconds(uploadedAt) };
}
