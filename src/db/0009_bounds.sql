-- What an account may fill of each table stands in bounds.ts.

-- The key under which a key's calls are counted: the first of those that were rotated into it. NULL: its own.
ALTER TABLE api_keys ADD COLUMN counted_as TEXT;

-- For the cron and for the next key, which delete keys that have ended.
CREATE INDEX api_keys_revoked ON api_keys (revoked_at) WHERE revoked_at IS NOT NULL;
CREATE INDEX api_keys_expired ON api_keys (expires_at) WHERE expires_at IS NOT NULL;

-- A purge outlives the key that asked for it, so that it cannot refer to it.
CREATE TABLE kept_purges (
  zone_id    TEXT NOT NULL REFERENCES zones (id),
  version    INTEGER NOT NULL,
  kind       TEXT NOT NULL CHECK (kind IN ('everything', 'path', 'url', 'prefix', 'tag')),
  value      TEXT NOT NULL,
  id         TEXT NOT NULL,
  account_id TEXT NOT NULL REFERENCES accounts (id),
  soft       INTEGER NOT NULL CHECK (soft IN (0, 1)),
  at         INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  PRIMARY KEY (zone_id, version, kind, value)
) STRICT, WITHOUT ROWID;
INSERT INTO kept_purges SELECT zone_id, version, kind, value, id, account_id, soft, at, created_by FROM purges;
DROP TABLE purges;
ALTER TABLE kept_purges RENAME TO purges;
CREATE INDEX purges_by_id ON purges (id);
CREATE INDEX purges_by_account ON purges (account_id, at, id);
CREATE INDEX purges_by_time ON purges (at);

-- `number` counts an account's changes. Each stands in a `place` of its own; where an account has no more of them, the newest
-- change takes that of the oldest.
ALTER TABLE audit_log ADD COLUMN number INTEGER NOT NULL DEFAULT 0;
ALTER TABLE audit_log ADD COLUMN place INTEGER NOT NULL DEFAULT 0;
UPDATE audit_log SET number = counted.number, place = counted.number
FROM (SELECT id, ROW_NUMBER() OVER (PARTITION BY account_id ORDER BY at, id) AS number FROM audit_log) AS counted
WHERE counted.id = audit_log.id;
CREATE INDEX audit_log_by_number ON audit_log (account_id, number);
CREATE UNIQUE INDEX audit_log_by_place ON audit_log (account_id, place);

ALTER TABLE idempotency_keys ADD COLUMN account_id TEXT;
UPDATE idempotency_keys SET account_id = (SELECT account_id FROM api_keys WHERE id = api_key_id);
CREATE INDEX idempotency_keys_by_account ON idempotency_keys (account_id);

-- Of a deleted zone only its name matters still.
UPDATE zones SET settings = '{}' WHERE state = 'deleted';
CREATE INDEX zones_deleted ON zones (deleted_at) WHERE state = 'deleted';
CREATE INDEX zones_deleted_by_account ON zones (account_id) WHERE state = 'deleted';
CREATE INDEX records_deleted_by_account ON records (account_id) WHERE state = 'deleted';

-- From now on a query token is deleted when it is revoked.
DELETE FROM query_tokens WHERE revoked_at IS NOT NULL;
