SELECT 'versions of zones as the API shows them' AS lost, COUNT(*) AS rows FROM zones
WHERE revision > 1 AND state <> 'deleted';

DROP INDEX purges_by_time;
DROP INDEX purges_by_account;
ALTER TABLE zones DROP COLUMN revision;
