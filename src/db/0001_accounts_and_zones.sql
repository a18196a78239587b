-- Times are integer milliseconds since the epoch. D1 enforces foreign keys.

CREATE TABLE accounts (
  id         TEXT PRIMARY KEY,
  name       TEXT NOT NULL,
  email      TEXT NOT NULL,
  plan       TEXT NOT NULL CHECK (plan IN ('free', 'pro', 'enterprise')),
  created_at INTEGER NOT NULL
) STRICT;

-- A key itself is never stored: `hash` is its SHA-256 in hex, `prefix` the part that may be shown.
CREATE TABLE api_keys (
  id         TEXT PRIMARY KEY,
  account_id TEXT NOT NULL REFERENCES accounts (id),
  product    TEXT NOT NULL CHECK (product IN ('rescdn', 'resolvedb')),
  mode       TEXT NOT NULL CHECK (mode IN ('live', 'test')),
  hash       TEXT NOT NULL UNIQUE,
  prefix     TEXT NOT NULL,
  name       TEXT NOT NULL,
  scopes     TEXT NOT NULL, -- separated by single spaces
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  revoked_at INTEGER
) STRICT;

CREATE INDEX api_keys_by_account ON api_keys (account_id, created_at);

-- `settings` holds only what the customer has set, so that defaults can evolve.
-- `version` grows by one with every change and goes on where a deleted zone of the same name ended,
-- so that of two documents with one name the higher version is always the newer.
CREATE TABLE zones (
  id                TEXT PRIMARY KEY,
  account_id        TEXT NOT NULL REFERENCES accounts (id),
  name              TEXT NOT NULL,
  mode              TEXT NOT NULL CHECK (mode IN ('live', 'test')),
  origin            TEXT NOT NULL,
  settings          TEXT NOT NULL,
  state             TEXT NOT NULL CHECK (state IN ('active', 'paused', 'deleted')),
  version           INTEGER NOT NULL,
  published_version INTEGER NOT NULL DEFAULT 0,
  created_at        INTEGER NOT NULL,
  updated_at        INTEGER NOT NULL,
  deleted_at        INTEGER
) STRICT;

CREATE UNIQUE INDEX zones_name ON zones (name) WHERE state <> 'deleted';
CREATE INDEX zones_by_name ON zones (name, version);
CREATE INDEX zones_by_account ON zones (account_id, mode, created_at, id) WHERE state <> 'deleted';
CREATE INDEX zones_lagging ON zones (name) WHERE published_version < version;

-- One row for each thing purged; rows of one purge share its id and its version of the zone.
CREATE TABLE purges (
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

CREATE INDEX purges_by_id ON purges (id);
