SELECT 'which API key asked for a purge: it is gone, or it was the operator' AS lost, COUNT(*) AS rows FROM purges
WHERE created_by NOT IN (SELECT id FROM api_keys) AND account_id IN (SELECT account_id FROM api_keys);
SELECT 'purges of accounts without a key: what they purged may be served again' AS lost, COUNT(*) AS rows FROM purges
WHERE account_id NOT IN (SELECT account_id FROM api_keys);
SELECT 'which rotated API keys share a rate limit' AS lost, COUNT(*) AS rows FROM api_keys WHERE counted_as IS NOT NULL;

DROP INDEX records_deleted_by_account;
DROP INDEX zones_deleted_by_account;
DROP INDEX zones_deleted;
DROP INDEX idempotency_keys_by_account;
ALTER TABLE idempotency_keys DROP COLUMN account_id;
DROP INDEX audit_log_by_place;
DROP INDEX audit_log_by_number;
ALTER TABLE audit_log DROP COLUMN place;
ALTER TABLE audit_log DROP COLUMN number;

-- A purge refers to its key: to another of the account's where that one is gone.
CREATE TABLE earlier_purges (
  zone_id    TEXT NOT NULL REFERENCES zones (id),
  version    INTEGER NOT NULL,
  kind       TEXT NOT NULL CHECK (kind IN ('everything', 'path', 'url', 'prefix', 'tag')),
  value      TEXT NOT NULL,
  id         TEXT NOT NULL,
  account_id TEXT NOT NULL REFERENCES accounts (id),
  soft       INTEGER NOT NULL CHECK (soft IN (0, 1)),
  at         INTEGER NOT NULL,
  created_by TEXT NOT NULL REFERENCES api_keys (id),
  PRIMARY KEY (zone_id, version, kind, value)
) STRICT, WITHOUT ROWID;
INSERT INTO earlier_purges
SELECT zone_id, version, kind, value, id, account_id, soft, at,
       COALESCE((SELECT id FROM api_keys WHERE id = created_by),
                (SELECT id FROM api_keys WHERE account_id = purges.account_id ORDER BY created_at, id LIMIT 1))
FROM purges WHERE account_id IN (SELECT account_id FROM api_keys);
DROP TABLE purges;
ALTER TABLE earlier_purges RENAME TO purges;
CREATE INDEX purges_by_id ON purges (id);
CREATE INDEX purges_by_account ON purges (account_id, at, id);
CREATE INDEX purges_by_time ON purges (at);

DROP INDEX api_keys_expired;
DROP INDEX api_keys_revoked;
ALTER TABLE api_keys DROP COLUMN counted_as;
