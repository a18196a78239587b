-- What operators decide of accounts. A suspended account keeps all that it has; `suspended_for` is the operator's sentence.
-- Caps are the customer's own, of a month; NULL: the plan's alone. `at_quota`: whether live zones go on beyond the quota.
-- `quota_level` is what was noticed in the month that begins at `quota_month`; `stopped_until` is its end where zones are
-- stopped. `revision` grows with every change that the edge has to know.
ALTER TABLE accounts ADD COLUMN state TEXT NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'suspended'));
ALTER TABLE accounts ADD COLUMN suspended_for TEXT;
ALTER TABLE accounts ADD COLUMN requests_cap INTEGER;
ALTER TABLE accounts ADD COLUMN bytes_cap INTEGER;
ALTER TABLE accounts ADD COLUMN at_quota TEXT NOT NULL DEFAULT 'continue' CHECK (at_quota IN ('continue', 'stop'));
ALTER TABLE accounts ADD COLUMN quota_month INTEGER NOT NULL DEFAULT 0;
ALTER TABLE accounts ADD COLUMN quota_level TEXT NOT NULL DEFAULT 'within' CHECK (quota_level IN ('within', 'near', 'reached'));
ALTER TABLE accounts ADD COLUMN stopped_until INTEGER;
ALTER TABLE accounts ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;
ALTER TABLE accounts ADD COLUMN published_revision INTEGER NOT NULL DEFAULT 0;

CREATE INDEX accounts_by_time ON accounts (created_at, id);
CREATE INDEX accounts_by_email ON accounts (email COLLATE NOCASE);
CREATE INDEX accounts_lagging ON accounts (id) WHERE published_revision < revision;

-- A takedown is of a zone's name as long as the same account has it, so that a zone that is made anew does not lift it.
-- `value` is a path as the operator gave it: normalised but for its query, whose meaning is the zone's to set.
CREATE TABLE takedowns (
  id         TEXT PRIMARY KEY,
  account_id TEXT NOT NULL REFERENCES accounts (id),
  zone       TEXT NOT NULL,
  kind       TEXT NOT NULL CHECK (kind IN ('path', 'url', 'prefix')),
  value      TEXT NOT NULL,
  reference  TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  UNIQUE (zone, account_id, kind, value)
) STRICT;

CREATE INDEX takedowns_by_time ON takedowns (created_at, id);
