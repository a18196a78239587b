import { z } from "@hono/zod-openapi";
import { jsonContent } from "../rest/json-content.ts";
import { nextCursor, pageQuery } from "./pages.ts";
import { route } from "./route.ts";

const id = z.string().openapi({ description: "The zone's id or name.", example: "zone_abc123" });
const path = z.string().openapi({
  description: "As in the file's URL, with its slashes and without a query.",
  example: "assets/site.css",
});

const file = z
  .object({
    path: z.string().openapi({ example: "/assets/site.css" }),
    url: z.string().openapi({ example: "https://my-assets.rescdn.io/assets/site.css" }),
    size: z.int().openapi({ example: 1_024 }).describe("Bytes."),
    content_type: z.string().openapi({ example: "text/css" }),
    etag: z.string().openapi({ example: '"5d41402abc4b2a76b9719d911017c592"' }),
    uploaded: z.iso.datetime(),
  })
  .openapi("File");

export const listFilesRoute = route({
  method: "get",
  path: "/v1/zones/{id}/files",
  operationId: "listFiles",
  summary: "List a zone's files",
  description: "Sorted by path, with how much the account keeps in all its zones, and how much it may keep.",
  tags: ["Files"],
  scope: "zones:read",
  request: {
    params: z.object({ id }),
    query: z.object({
      ...pageQuery,
      cursor: z.string().max(12_000).optional().describe("The `next_cursor` of the previous page."),
      prefix: z.string().max(1_024).optional().describe("Only files whose paths begin with this: `/assets/`."),
    }),
  },
  responses: {
    200: {
      description: "Files, by path",
      ...jsonContent(
        z
          .object({
            files: z.array(file),
            next_cursor: nextCursor,
            account: z
              .object({
                files: z.int().openapi({ example: 12 }),
                bytes: z.int().openapi({ example: 1_048_576 }),
                files_limit: z.int().openapi({ example: 1_000 }),
                bytes_limit: z.int().openapi({ example: 1_073_741_824 }),
              })
              .openapi("FileTotals"),
          })
          .openapi("FileList"),
      ),
    },
  },
});

const put = { ...jsonContent(file) };

export const putFileRoute = route({
  method: "put",
  path: "/v1/zones/{id}/files/{path}",
  operationId: "putFile",
  summary: "Upload a file",
  description:
    "The body is the file, of at most 100 MiB. It is served with its Content-Type, or, if you send none, with the one for its name. The path is purged, and the call is answered when the edge serves the new file. The zone's origin must be a bucket, such as `r2://files`. A path that ends in a slash serves its `index.html`.",
  tags: ["Files"],
  scope: "files:write",
  readsBody: true,
  request: {
    params: z.object({ id, path }),
    body: {
      required: true,
      content: { "application/octet-stream": { schema: z.string().openapi({ format: "binary" }) } },
    },
  },
  responses: {
    200: { description: "Uploaded in place of the one at this path", ...put },
    201: { description: "New", ...put },
  },
  errors: [409, 503],
});

export const deleteFileRoute = route({
  method: "delete",
  path: "/v1/zones/{id}/files/{path}",
  operationId: "deleteFile",
  summary: "Delete a file",
  description: "The path is purged, and the call is answered when the edge knows that the file is gone.",
  tags: ["Files"],
  scope: "files:write",
  request: { params: z.object({ id, path }) },
  responses: { 204: { description: "Deleted" } },
  errors: [503],
});
