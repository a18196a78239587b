import { createHash } from "node:crypto";
import { createReadStream, openAsBlob } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { everyPage, refused } from "../calls.ts";
import { type Cli, called } from "../cli.ts";
import { cliOf, command } from "../command.ts";
import { misused } from "../failed.ts";
import { reasonOf } from "../input.ts";
import { coloured, confirm, note, plain, progress } from "../terminal.ts";
import { bytes } from "./usage.ts";

/** A file that the zone has. */
interface StoredFile {
  path: string;
  size: number;
  content_type: string;
  /** From a bucket: the MD5 of the content, in quotes. */
  etag: string;
}

/** A file in the folder. */
interface LocalFile {
  path: string;
  file: string;
  size: number;
  contentType: string;
}

/** How many files are uploaded at once. */
const AT_ONCE = 4;

/** `rescdn deploy-assets`. */
export const deployAssets = () =>
  command(
    "deploy-assets",
    "Upload what has changed in a folder to a zone that holds files",
    "rescdn deploy-assets dist --zone my-site",
    "rescdn deploy-assets dist --zone my-site --prefix /v2/ --delete --dry-run",
  )
    .argument("<dir>", "the folder")
    .requiredOption("--zone <zone>", "name or id; its origin is a bucket, such as r2://files")
    .option("--prefix <path>", "where in the zone", "/")
    .option("--delete", "delete what the zone has there and the folder does not")
    .option("--dry-run", "say what would be done, and do nothing")
    .option("--yes", "do not ask before something is deleted")
    .action(async (dir, options) => {
      const cli = cliOf(options);
      // In the form that paths are stored in: anything but ASCII is percent-encoded.
      const prefix = new URL(`/${options.prefix}/`.replace(/\/{2,}/g, "/"), "http://zone").pathname;
      const local = await filesIn(dir, prefix);
      const stored = await storedFiles(cli, options.zone, prefix);
      const known = new Map(stored.map((file) => [nameOf(file), file]));
      const changed: LocalFile[] = [];
      for (const [index, file] of local.entries()) {
        progress(`comparing ${index + 1} of ${local.length}…`);
        if (!(await isSame(file, known.get(nameOf(file))))) changed.push(file);
      }
      // Pages come last, so that what they refer to is already there.
      changed.sort((a, b) => Number(isPage(a)) - Number(isPage(b)));
      const paths = new Set(local.map(nameOf));
      const gone = options.delete ? stored.filter((file) => !paths.has(nameOf(file))) : [];
      if (!options.dryRun) {
        if (gone.length > 0) await confirm(`Delete ${counted(gone.length)} of ${options.zone}?`, options.yes);
        await uploadAll(cli, options.zone, changed);
        for (const { path } of gone) await send(cli, options.zone, path, { method: "DELETE" });
      }
      const done = {
        uploaded: changed.map(({ path }) => path),
        deleted: gone.map(({ path }) => path),
        unchanged: local.length - changed.length,
      };
      cli.show(done, () => {
        const lines = [
          ...changed.map(
            (file) =>
              coloured("green", `+ ${plain(nameOf(file))}`) +
              coloured("dim", `  ${file.contentType}, ${bytes(file.size)}`),
          ),
          ...gone.map((file) => coloured("red", `- ${plain(nameOf(file))}`)),
        ];
        return [
          ...lines,
          `${options.dryRun ? "Would upload" : "Uploaded"} ${counted(changed.length)}${options.delete ? `, ${options.dryRun ? "delete" : "deleted"} ${gone.length}` : ""}; ${done.unchanged} unchanged.`,
        ].join("\n");
      });
      if (!cli.json && !options.dryRun && changed.length + gone.length > 0)
        note("Each path that has changed is purged.");
    });

async function filesIn(dir: string, prefix: string): Promise<LocalFile[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    throw misused(`cannot read ${dir}: ${reasonOf(error)}`);
  });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !isHidden(relative(dir, file)));
  if (files.length === 0) throw misused(`${dir} has no files`);
  const { default: mime } = await import("mime");
  return Promise.all(
    files.sort().map(async (file) => {
      const path = prefix + relative(dir, file).split(sep).map(encodeURIComponent).join("/");
      return { path, file, size: (await stat(file)).size, contentType: typeOf(mime.getType(file)) };
    }),
  );
}

/** .git and .env are for nobody else; .well-known is for everybody (RFC 8615). */
function isHidden(path: string): boolean {
  return path.split(sep).some((name) => name.startsWith(".") && name !== ".well-known");
}

/** The same for all spellings of a path. A stored one need not be UTF-8. */
function nameOf({ path }: { path: string }): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function typeOf(type: string | null): string {
  if (type === null) return "application/octet-stream";
  return type.startsWith("text/") ? `${type}; charset=utf-8` : type;
}

function isPage({ contentType }: LocalFile): boolean {
  return contentType.startsWith("text/html");
}

async function isSame(local: LocalFile, stored: StoredFile | undefined): Promise<boolean> {
  if (stored === undefined || stored.size !== local.size || stored.content_type !== local.contentType) return false;
  const hash = createHash("md5");
  for await (const chunk of createReadStream(local.file)) hash.update(chunk as Buffer);
  return stored.etag.replace(/^W\//, "") === `"${hash.digest("hex")}"`;
}

async function storedFiles(cli: Cli, zone: string, prefix: string): Promise<StoredFile[]> {
  return everyPage(async (cursor) => {
    const query = new URLSearchParams({
      limit: "100",
      ...(prefix !== "/" && { prefix }),
      ...(cursor !== undefined && { cursor }),
    });
    const answer = await send(cli, zone, `?${query}`, { method: "GET" });
    const { files, next_cursor } = (await answer.json()) as { files: StoredFile[]; next_cursor: string | null };
    return { items: files, next: next_cursor };
  });
}

async function uploadAll(cli: Cli, zone: string, files: readonly LocalFile[]): Promise<void> {
  const waiting = files.filter((file) => !isPage(file));
  let done = 0;
  const upload = async ({ path, file, contentType }: LocalFile) => {
    progress(`uploading ${done + 1} of ${files.length}: ${path}`);
    await send(cli, zone, path, {
      method: "PUT",
      body: await openAsBlob(file),
      headers: { "content-type": contentType },
    });
    done++;
  };
  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await upload(next);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  for (const page of files.filter(isPage)) await upload(page);
}

/** Calls `/v1/zones/:id/files` or a path below it. @param below a path, or a query */
async function send(cli: Cli, zone: string, below: string, init: RequestInit): Promise<Response> {
  const url = new URL(`/v1/zones/${encodeURIComponent(zone)}/files${below}`, await cli.api());
  const headers = new Headers(init.headers);
  headers.set("x-rescdn-key", await cli.key("rescdn"));
  const answer = await called(new Request(url, { ...init, headers }));
  if (!answer.ok) throw refused(await answer.json().catch(() => null), answer);
  return answer;
}

function counted(count: number): string {
  return count === 1 ? "one file" : `${count} files`;
}
