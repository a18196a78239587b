-- Which zones' requests somebody reads along just now, for the account's document. A row that is past its end means nothing.
CREATE TABLE tails (
  zone_id    TEXT PRIMARY KEY REFERENCES zones (id),
  account_id TEXT NOT NULL REFERENCES accounts (id),
  until      INTEGER NOT NULL,
  fraction   REAL NOT NULL
) STRICT;

CREATE INDEX tails_by_account ON tails (account_id);

-- What log deliveries of a zone are signed with, or its bucket is asked with, sealed by the deployment's keyring (SECRETS_KEY).
CREATE TABLE log_secrets (
  zone_id    TEXT PRIMARY KEY REFERENCES zones (id),
  sealed     TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
