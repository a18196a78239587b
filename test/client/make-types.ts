/** Writes the types of both APIs' clients, as `openapi-typescript` makes them of the documents that the Worker serves. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import openapiTS, { astToString, type OpenAPI3 } from "openapi-typescript";
import { request } from "../server/request.ts";
import { startServe } from "../server/serve-process.ts";

const folder = fileURLToPath(new URL("../../dist/api-types/", import.meta.url));
const stateDir = await mkdtemp(join(tmpdir(), "rescdn-client-"));
try {
  const server = await startServe({ STATE_DIR: stateDir });
  try {
    await mkdir(folder, { recursive: true });
    for (const [name, path] of [
      ["rescdn", "/openapi.json"],
      ["resolvedb", "/api/v1/openapi.json"],
    ] as const) {
      const { body } = await request(server.port, "api.rescdn.localhost", path);
      const document: OpenAPI3 = JSON.parse(body);
      await writeFile(join(folder, `${name}.d.ts`), astToString(await openapiTS(document)));
    }
  } finally {
    await server.stop();
  }
} finally {
  await rm(stateDir, { recursive: true, force: true });
}
