-- Hostnames of customers' own. Times are integer milliseconds since the epoch.

-- What the values of an account's TXT records are made of; NULL until it first has a hostname.
ALTER TABLE accounts ADD COLUMN hostname_secret TEXT;

-- An account's claim to a hostname: several accounts may claim one, a single one has it. `since` is when the state began,
-- `reason` what the last check said, a sentence. `proven_by` and `proven_at` are of the last proof, `gone_since` of the
-- first check since that found none. `next_check_at` is NULL where nobody checks any more. `revision` grows by one with
-- every change.
CREATE TABLE hostnames (
  id            TEXT PRIMARY KEY,
  account_id    TEXT NOT NULL REFERENCES accounts (id),
  zone_id       TEXT NOT NULL REFERENCES zones (id),
  hostname      TEXT NOT NULL,
  state         TEXT NOT NULL CHECK (state IN ('pending', 'active', 'lapsed', 'failed')),
  since         INTEGER NOT NULL,
  reason        TEXT,
  proven_by     TEXT CHECK (proven_by IN ('dns', 'http')),
  proven_at     INTEGER,
  gone_since    INTEGER,
  checks        INTEGER NOT NULL DEFAULT 0,
  checked_at    INTEGER,
  next_check_at INTEGER,
  revision      INTEGER NOT NULL DEFAULT 1,
  created_at    INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX hostnames_active ON hostnames (hostname) WHERE state = 'active';
CREATE UNIQUE INDEX hostnames_of_account ON hostnames (account_id, hostname);
CREATE INDEX hostnames_of_zone ON hostnames (zone_id, created_at, id);
CREATE INDEX hostnames_due ON hostnames (next_check_at) WHERE next_check_at IS NOT NULL;

-- What the edge knows of a hostname that is active, or was: `zone_id` is NULL where nobody has it now. `revision` grows with
-- each change, over all who have had the hostname. The certificate is the hostname's, whoever has it: `certificate_id` is
-- Cloudflare's, `certificate_next_at` when to look after it next.
CREATE TABLE hosts (
  hostname            TEXT PRIMARY KEY,
  zone_id             TEXT REFERENCES zones (id),
  account_id          TEXT NOT NULL REFERENCES accounts (id),
  revision            INTEGER NOT NULL,
  published_revision  INTEGER NOT NULL DEFAULT 0,
  updated_at          INTEGER NOT NULL,
  certificate_id      TEXT,
  certificate_state   TEXT NOT NULL DEFAULT 'waiting'
    CHECK (certificate_state IN ('waiting', 'pending', 'active', 'moved', 'failed')),
  certificate_reason  TEXT,
  certificate_checks  INTEGER NOT NULL DEFAULT 0,
  certificate_next_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX hosts_of_zone ON hosts (zone_id, hostname);
CREATE INDEX hosts_left ON hosts (account_id) WHERE zone_id IS NULL;
CREATE INDEX hosts_left_since ON hosts (updated_at) WHERE zone_id IS NULL;
CREATE INDEX hosts_lagging ON hosts (hostname) WHERE published_revision < revision;
CREATE INDEX hosts_certificates_due ON hosts (certificate_next_at) WHERE certificate_next_at IS NOT NULL;
