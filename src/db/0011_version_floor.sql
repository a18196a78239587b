-- After a restore, names have been published under versions that the database does not know. From then on each version and
-- revision that is given to a name is above `floor`, so that no reader remembers a newer one. No row: nothing was ever
-- restored.
CREATE TABLE version_floor (
  id    INTEGER PRIMARY KEY CHECK (id = 1),
  floor INTEGER NOT NULL
) STRICT;
