SELECT 'takedowns: what they block is served again' AS lost, COUNT(*) AS rows FROM takedowns;
SELECT 'suspensions: what these accounts have is served again' AS lost, COUNT(*) AS rows FROM accounts
WHERE state = 'suspended';
SELECT 'caps of monthly quotas, and what is to happen beyond them' AS lost, COUNT(*) AS rows FROM accounts
WHERE requests_cap IS NOT NULL OR bytes_cap IS NOT NULL OR at_quota <> 'continue';

DROP TABLE takedowns;
DROP INDEX accounts_by_time;
DROP INDEX accounts_by_email;
DROP INDEX accounts_lagging;
ALTER TABLE accounts DROP COLUMN state;
ALTER TABLE accounts DROP COLUMN suspended_for;
ALTER TABLE accounts DROP COLUMN requests_cap;
ALTER TABLE accounts DROP COLUMN bytes_cap;
ALTER TABLE accounts DROP COLUMN at_quota;
ALTER TABLE accounts DROP COLUMN quota_month;
ALTER TABLE accounts DROP COLUMN quota_level;
ALTER TABLE accounts DROP COLUMN stopped_until;
ALTER TABLE accounts DROP COLUMN revision;
ALTER TABLE accounts DROP COLUMN published_revision;
