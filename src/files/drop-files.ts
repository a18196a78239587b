import { log } from "../log/log.ts";
import { bucketOf, fileKey } from "./buckets.ts";

/** How many files one run deletes: R2 accepts this many keys in a call. */
const FILES_PER_RUN = 1_000;

/** For the cron: deletes the files of deleted zones, first from their buckets, then from the list, page by page. */
export async function dropFilesOfDeletedZones(env: { DB: D1Database }): Promise<void> {
  const { results } = await env.DB.prepare(
    `SELECT zone_id AS zone, path, bucket FROM zones JOIN files ON files.zone_id = zones.id
     WHERE zones.state = 'deleted' LIMIT ?1`,
  )
    .bind(FILES_PER_RUN)
    .all<{ zone: string; path: string; bucket: string }>();
  for (const [name, files] of Map.groupBy(results, ({ bucket }) => bucket)) {
    const bucket = bucketOf(env, name);
    if (bucket === null) {
      // The operator has removed its binding, so nobody can serve or delete its content.
      log("bucket_missing", { bucket: name, files: files.length });
    } else await bucket.delete(files.map(({ zone, path }) => fileKey(zone, path)));
    const gone = JSON.stringify(files.map(({ zone, path }) => [zone, path]));
    await env.DB.prepare(
      "DELETE FROM files WHERE (zone_id, path) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?1))",
    )
      .bind(gone)
      .run();
  }
}
