/** Many zones, written straight into the files in which Miniflare stores a KV namespace. */
import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** Below the edge's domain, each is its zone's host. */
export const zoneName = (index: number): string => `z${index}`;

/**
 * Adds zones `z1` … `zN` to the table of a stopped server, each a copy of the zone `model` with its own name and id. Through
 * the binding this would take two ms for each; so it uses Miniflare's layout: a row in SQLite for each key, and a file for its
 * value.
 */
export function seedZones(stateDir: string, model: string, count: number): void {
  const folder = join(stateDir, "v3/kv");
  const [namespace] = readdirSync(folder).filter((name) => !name.startsWith("miniflare-"));
  const objects = join(folder, "miniflare-KVNamespaceObject");
  const [file] = readdirSync(objects).filter((name) => /^[0-9a-f]{64}\.sqlite$/.test(name));
  if (namespace === undefined || file === undefined) throw new Error(`no KV namespace in ${folder}`);
  const blobs = join(folder, namespace, "blobs");

  const database = new DatabaseSync(join(objects, file));
  try {
    const row = database.prepare("SELECT blob_id FROM _mf_entries WHERE key = ?").get(`zone:${model}`);
    if (row === undefined) throw new Error(`the zone ${model} is not in the table`);
    const document = JSON.parse(readFileSync(join(blobs, String(row.blob_id)), "utf8")) as object;
    const insert = database.prepare("INSERT OR REPLACE INTO _mf_entries (key, blob_id) VALUES (?, ?)");
    database.exec("BEGIN");
    for (let index = 1; index <= count; index++) {
      const name = zoneName(index);
      const blob = randomBytes(40).toString("hex");
      writeFileSync(join(blobs, blob), JSON.stringify({ ...document, name, id: `zone_seeded${index}` }));
      insert.run(`zone:${name}`, blob);
    }
    database.exec("COMMIT");
  } finally {
    database.close();
  }
}
