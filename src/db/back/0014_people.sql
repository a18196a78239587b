SELECT 'people, who sign in anew' AS lost, COUNT(*) AS rows FROM people;
SELECT 'members of accounts' AS lost, COUNT(*) AS rows FROM members;
SELECT 'invitations' AS lost, COUNT(*) AS rows FROM invitations;
SELECT 'passkeys' AS lost, COUNT(*) AS rows FROM passkeys;
SELECT 'answers to idempotent calls of people: repeated, these are done once more' AS lost, COUNT(*) AS rows
FROM idempotency_keys WHERE api_key_id NOT IN (SELECT id FROM api_keys);

DROP TABLE invitations;
DROP TABLE members;
DROP TABLE passkeys;
DROP TABLE sign_in_codes;
DROP TABLE sign_ins;
DROP TABLE people_sessions;
DROP TABLE people;
CREATE TABLE kept_answers (
  api_key_id  TEXT NOT NULL REFERENCES api_keys (id),
  key         TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  answer      BLOB,
  created_at  INTEGER NOT NULL,
  account_id  TEXT,
  PRIMARY KEY (api_key_id, key)
) STRICT, WITHOUT ROWID;
INSERT INTO kept_answers SELECT api_key_id, key, fingerprint, answer, created_at, account_id FROM idempotency_keys
WHERE api_key_id IN (SELECT id FROM api_keys);
DROP TABLE idempotency_keys;
ALTER TABLE kept_answers RENAME TO idempotency_keys;
CREATE INDEX idempotency_keys_by_time ON idempotency_keys (created_at);
CREATE INDEX idempotency_keys_by_account ON idempotency_keys (account_id);
