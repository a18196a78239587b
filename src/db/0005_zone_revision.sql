-- `revision` grows by one with every change that a customer makes of a zone, unlike `version`, which purges raise too. It is
-- what the API shows as the zone's version and what its ETag names.
ALTER TABLE zones ADD COLUMN revision INTEGER NOT NULL DEFAULT 1;

CREATE INDEX purges_by_account ON purges (account_id, at, id);
CREATE INDEX purges_by_time ON purges (at);
