-- ResolveDB. Times are integer milliseconds since the epoch.

-- A namespace belongs to the account that first stored a record in it. `revision` grows by one with every change of the
-- namespace; the zone table holds `published_revision`.
CREATE TABLE namespaces (
  name               TEXT PRIMARY KEY,
  account_id         TEXT NOT NULL REFERENCES accounts (id),
  visibility         TEXT NOT NULL CHECK (visibility IN ('public', 'private')),
  revision           INTEGER NOT NULL,
  published_revision INTEGER NOT NULL DEFAULT 0,
  created_at         INTEGER NOT NULL,
  updated_at         INTEGER NOT NULL
) STRICT;

CREATE INDEX namespaces_by_account ON namespaces (account_id, name);
CREATE INDEX namespaces_lagging ON namespaces (name) WHERE published_revision < revision;

-- `key` is `[label.]*resource.namespace.version` in lower case, `data` standard Base64 with padding. `revision` grows by one
-- with every change and goes on where a deleted record of the same key ended, as the version of a zone does.
CREATE TABLE records (
  id                 TEXT PRIMARY KEY,
  account_id         TEXT NOT NULL REFERENCES accounts (id),
  key                TEXT NOT NULL,
  namespace          TEXT NOT NULL REFERENCES namespaces (name),
  resource           TEXT NOT NULL,
  version            TEXT NOT NULL,
  data               TEXT NOT NULL,
  ttl                INTEGER NOT NULL,
  state              TEXT NOT NULL CHECK (state IN ('active', 'deleted')),
  revision           INTEGER NOT NULL,
  published_revision INTEGER NOT NULL DEFAULT 0,
  created_at         INTEGER NOT NULL,
  updated_at         INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX records_key ON records (key) WHERE state <> 'deleted';
CREATE INDEX records_by_key ON records (key, revision);
CREATE INDEX records_by_account ON records (account_id, created_at, id) WHERE state <> 'deleted';
CREATE INDEX records_by_place ON records (namespace, version, resource, key) WHERE state <> 'deleted';
CREATE INDEX records_lagging ON records (key) WHERE published_revision < revision;

-- A query token opens a private namespace to who shows it as a label of the name. `hash` is its SHA-256 in hex.
CREATE TABLE query_tokens (
  id         TEXT PRIMARY KEY,
  namespace  TEXT NOT NULL REFERENCES namespaces (name),
  hash       TEXT NOT NULL UNIQUE,
  prefix     TEXT NOT NULL,
  name       TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  revoked_at INTEGER
) STRICT;

CREATE INDEX query_tokens_by_namespace ON query_tokens (namespace, created_at);
