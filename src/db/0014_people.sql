-- People who sign in to the dashboard. The library that signs them in (src/people/sign-in.ts) writes these five tables; its
-- times are text (ISO 8601). A session's cookie is its token with a signature, so that this table alone lets nobody in.
CREATE TABLE people (
  id             TEXT PRIMARY KEY,
  name           TEXT NOT NULL,
  email          TEXT NOT NULL UNIQUE,
  email_verified INTEGER NOT NULL,
  image          TEXT,
  created_at     TEXT NOT NULL,
  updated_at     TEXT NOT NULL
) STRICT;

CREATE TABLE people_sessions (
  id         TEXT PRIMARY KEY,
  token      TEXT NOT NULL UNIQUE,
  person_id  TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
  ip_address TEXT,
  user_agent TEXT,
  expires_at TEXT NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT;

CREATE INDEX people_sessions_by_person ON people_sessions (person_id);
CREATE INDEX people_sessions_by_end ON people_sessions (expires_at);

-- How a person signs in through another service.
CREATE TABLE sign_ins (
  id                       TEXT PRIMARY KEY,
  account_id               TEXT NOT NULL,
  provider_id              TEXT NOT NULL,
  person_id                TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
  access_token             TEXT,
  refresh_token            TEXT,
  id_token                 TEXT,
  access_token_expires_at  TEXT,
  refresh_token_expires_at TEXT,
  scope                    TEXT,
  password                 TEXT,
  created_at               TEXT NOT NULL,
  updated_at               TEXT NOT NULL
) STRICT;

CREATE INDEX sign_ins_by_person ON sign_ins (person_id);
CREATE UNIQUE INDEX sign_ins_by_account ON sign_ins (provider_id, account_id);

-- Links that were mailed (by the hash of their token), and challenges for passkeys. Each is good once.
CREATE TABLE sign_in_codes (
  id         TEXT PRIMARY KEY,
  identifier TEXT NOT NULL,
  value      TEXT NOT NULL,
  expires_at TEXT NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT;

CREATE INDEX sign_in_codes_by_identifier ON sign_in_codes (identifier);
CREATE INDEX sign_in_codes_by_end ON sign_in_codes (expires_at);

CREATE TABLE passkeys (
  id            TEXT PRIMARY KEY,
  name          TEXT,
  public_key    TEXT NOT NULL,
  person_id     TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
  credential_id TEXT NOT NULL UNIQUE,
  counter       INTEGER NOT NULL,
  device_type   TEXT NOT NULL,
  backed_up     INTEGER NOT NULL,
  transports    TEXT,
  created_at    TEXT,
  aaguid        TEXT
) STRICT;

CREATE INDEX passkeys_by_person ON passkeys (person_id);

-- Who acts for an account. Times are milliseconds since the epoch again.
CREATE TABLE members (
  account_id TEXT NOT NULL REFERENCES accounts (id),
  person_id  TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
  role       TEXT NOT NULL CHECK (role IN ('owner', 'editor', 'viewer')),
  created_at INTEGER NOT NULL,
  PRIMARY KEY (account_id, person_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX members_by_person ON members (person_id);

-- An invitation is good for whoever proves to have the address. It ends when it is taken or refused, or after its time.
CREATE TABLE invitations (
  id         TEXT PRIMARY KEY,
  account_id TEXT NOT NULL REFERENCES accounts (id),
  email      TEXT NOT NULL,
  role       TEXT NOT NULL CHECK (role IN ('owner', 'editor', 'viewer')),
  invited_by TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  UNIQUE (account_id, email)
) STRICT;

CREATE INDEX invitations_by_email ON invitations (email);
CREATE INDEX invitations_by_time ON invitations (created_at);

-- What was answered to a repeated request may be a person's as well as a key's: it refers to neither.
CREATE TABLE kept_answers (
  api_key_id  TEXT NOT NULL,
  key         TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  answer      BLOB,
  created_at  INTEGER NOT NULL,
  account_id  TEXT,
  PRIMARY KEY (api_key_id, key)
) STRICT, WITHOUT ROWID;
INSERT INTO kept_answers SELECT api_key_id, key, fingerprint, answer, created_at, account_id FROM idempotency_keys;
DROP TABLE idempotency_keys;
ALTER TABLE kept_answers RENAME TO idempotency_keys;
CREATE INDEX idempotency_keys_by_time ON idempotency_keys (created_at);
CREATE INDEX idempotency_keys_by_account ON idempotency_keys (account_id);
