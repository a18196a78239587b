/** A file of a zone, as listed. */
export interface FileRow {
  zone: string;
  /** Normalised, beginning with `/`. */
  path: string;
  /** The name of its bucket. */
  bucket: string;
  size: number;
  contentType: string;
  etag: string;
  /** Ms since the epoch. */
  uploadedAt: number;
}

/** How much an account may store; null: no limit. */
export interface FileLimits {
  files: number;
  bytes: number;
}

const COLUMNS = "zone_id AS zone, path, bucket, size, content_type AS contentType, etag, uploaded_at AS uploadedAt";

/** The row of a file; null: there is none. */
export function findFile(db: D1Database, zone: string, path: string): Promise<FileRow | null> {
  return db.prepare(`SELECT ${COLUMNS} FROM files WHERE zone_id = ?1 AND path = ?2`).bind(zone, path).first<FileRow>();
}

/** Writes a row, replacing one with the same path, if the account may store that much. @returns whether it was written */
export async function putFileRow(db: D1Database, account: string, file: FileRow, limits: FileLimits): Promise<boolean> {
  const { zone, path, bucket, size, contentType, etag, uploadedAt } = file;
  const others = "account_id = ?1 AND NOT (zone_id = ?2 AND path = ?3)";
  const { meta } = await db
    .prepare(
      `INSERT INTO files (account_id, zone_id, path, bucket, size, content_type, etag, uploaded_at)
       SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8
       WHERE (SELECT COUNT(*) FROM files WHERE ${others}) < ?9
         AND (SELECT COALESCE(SUM(size), 0) FROM files WHERE ${others}) + ?5 <= ?10
       ON CONFLICT DO UPDATE SET bucket = excluded.bucket, size = excluded.size, content_type = excluded.content_type,
         etag = excluded.etag, uploaded_at = excluded.uploaded_at`,
    )
    .bind(account, zone, path, bucket, size, contentType, etag, uploadedAt, limits.files, limits.bytes)
    .run();
  return meta.changes > 0;
}

export async function deleteFileRow(db: D1Database, zone: string, path: string): Promise<void> {
  await db.prepare("DELETE FROM files WHERE zone_id = ?1 AND path = ?2").bind(zone, path).run();
}

/** Files of a zone by path. @param after the last path of the previous page; null: from the beginning */
export async function listFiles(
  db: D1Database,
  zone: string,
  { prefix, after, limit }: { prefix: string; after: string | null; limit: number },
): Promise<FileRow[]> {
  const { results } = await db
    .prepare(
      `SELECT ${COLUMNS} FROM files WHERE zone_id = ?1 AND path >= ?2 AND path < ?2 || char(1114111) AND path > ?3
       ORDER BY path LIMIT ?4`,
    )
    .bind(zone, prefix, after ?? "", limit)
    .all<FileRow>();
  return results;
}

/** How much an account stores in total. */
export async function filesOf(db: D1Database, account: string): Promise<FileLimits> {
  const found = await db
    .prepare("SELECT COUNT(*) AS files, COALESCE(SUM(size), 0) AS bytes FROM files WHERE account_id = ?1")
    .bind(account)
    .first<FileLimits>();
  return found ?? { files: 0, bytes: 0 };
}
