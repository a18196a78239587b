-- What the cron finds of the origins of zones that have several and want them checked: how often in a row each has failed, as
-- JSON by name, and when it last looked (integer milliseconds since the epoch).
ALTER TABLE zones ADD COLUMN origin_failures TEXT;
ALTER TABLE zones ADD COLUMN origins_checked_at INTEGER NOT NULL DEFAULT 0;

CREATE INDEX zones_with_checks ON zones (origins_checked_at)
WHERE state = 'active' AND json_extract(settings, '$.failover.check_path') IS NOT NULL;
