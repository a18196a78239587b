SELECT 'secrets by which origins know who asks: what they protect is not served' AS lost, COUNT(*) AS rows FROM zones
WHERE settings LIKE '%"sealed"%';

DROP INDEX zones_with_checks;
ALTER TABLE zones DROP COLUMN origin_failures;
ALTER TABLE zones DROP COLUMN origins_checked_at;
