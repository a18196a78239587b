SELECT 'counts of mails that went out today' AS lost, COUNT(*) AS rows FROM mails_sent;

DROP TABLE mails_sent;
