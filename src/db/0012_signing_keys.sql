-- What signs URLs of a zone: at most two keys at a time, sealed by the deployment's keyring (SECRETS_KEY), so that nobody reads
-- them back. They stand in the zone's document as they stand here.
CREATE TABLE signing_keys (
  id         TEXT PRIMARY KEY,
  zone_id    TEXT NOT NULL REFERENCES zones (id),
  sealed     TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

CREATE INDEX signing_keys_by_zone ON signing_keys (zone_id, created_at, id);
