-- Locations that have served a request, by the IATA code of the nearest airport, and when one was last noted there.
CREATE TABLE pops (
  pop     TEXT PRIMARY KEY,
  seen_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX pops_by_time ON pops (seen_at);
