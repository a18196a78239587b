-- Files of zones whose origin is a bucket: what stands there, so that it can be listed, counted and deleted with its zone. The
-- bytes are in the bucket, under the zone's id and the path. Times are integer milliseconds since the epoch.
CREATE TABLE files (
  zone_id      TEXT NOT NULL,
  path         TEXT NOT NULL,
  account_id   TEXT NOT NULL REFERENCES accounts (id),
  bucket       TEXT NOT NULL,
  size         INTEGER NOT NULL,
  content_type TEXT NOT NULL,
  etag         TEXT NOT NULL,
  uploaded_at  INTEGER NOT NULL,
  PRIMARY KEY (zone_id, path)
) STRICT, WITHOUT ROWID;

CREATE INDEX files_of_account ON files (account_id, size);

-- Keys that may do everything go on doing so.
UPDATE api_keys SET scopes = scopes || ' files:write'
WHERE product = 'rescdn' AND scopes = 'zones:read zones:write purge usage:read keys:write';
