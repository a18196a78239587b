-- What a key may do beyond its scopes. `zones`: ids as a JSON array, NULL: all of the account. `last_used_at` is written by
-- the key's rate limiter, about once a minute.
ALTER TABLE api_keys ADD COLUMN zones TEXT;
ALTER TABLE api_keys ADD COLUMN last_used_at INTEGER;

-- Who changed what. Written in the transaction of the change itself. `before` and `after` are JSON without secrets.
-- `actor` is the id of an API key, or 'operator'.
CREATE TABLE audit_log (
  id         TEXT PRIMARY KEY,
  account_id TEXT NOT NULL REFERENCES accounts (id),
  mode       TEXT NOT NULL CHECK (mode IN ('live', 'test')),
  at         INTEGER NOT NULL,
  actor      TEXT NOT NULL,
  action     TEXT NOT NULL,
  target     TEXT NOT NULL,
  address    TEXT,
  request_id TEXT NOT NULL,
  before     TEXT,
  after      TEXT
) STRICT;

CREATE INDEX audit_log_by_account ON audit_log (account_id, mode, at, id);
CREATE INDEX audit_log_by_time ON audit_log (at);

-- What was answered to a POST with an Idempotency-Key. `answer` is NULL while the first of them is being worked on; it is
-- sealed with the caller's API key, since it may hold a token that is shown once.
CREATE TABLE idempotency_keys (
  api_key_id  TEXT NOT NULL REFERENCES api_keys (id),
  key         TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  answer      BLOB,
  created_at  INTEGER NOT NULL,
  PRIMARY KEY (api_key_id, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX idempotency_keys_by_time ON idempotency_keys (created_at);
