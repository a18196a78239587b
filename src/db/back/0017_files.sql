SELECT 'files of zones: they stay in their buckets, and their zones'' origins lead nowhere' AS lost, COUNT(*) AS rows FROM files;

DROP TABLE files;
UPDATE api_keys SET scopes = replace(scopes, ' files:write', '') WHERE product = 'rescdn';
