SELECT 'records' AS lost, COUNT(*) AS rows FROM records WHERE state <> 'deleted';
SELECT 'namespaces' AS lost, COUNT(*) AS rows FROM namespaces;
SELECT 'query tokens' AS lost, COUNT(*) AS rows FROM query_tokens;

DROP TABLE query_tokens;
DROP TABLE records;
DROP TABLE namespaces;
