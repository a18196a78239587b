SELECT 'hostnames of customers'' own: their zones are served at them no longer, and their proofs have to be made anew' AS lost,
       COUNT(*) AS rows FROM hostnames;
SELECT 'certificates of hostnames: remove them at Cloudflare' AS lost, COUNT(*) AS rows FROM hosts WHERE certificate_id IS NOT NULL;

DROP TABLE hosts;
DROP TABLE hostnames;
ALTER TABLE accounts DROP COLUMN hostname_secret;
