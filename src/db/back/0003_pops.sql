SELECT 'locations that have served a request' AS lost, COUNT(*) AS rows FROM pops;

DROP TABLE pops;
