SELECT 'secrets of log deliveries: nothing is delivered until they are given anew' AS lost, COUNT(*) AS rows FROM log_secrets;

DROP TABLE log_secrets;
DROP TABLE tails;
