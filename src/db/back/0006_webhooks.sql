SELECT 'webhooks' AS lost, COUNT(*) AS rows FROM webhooks WHERE state <> 'deleted';
SELECT 'deliveries that wait' AS lost, COUNT(*) AS rows FROM webhook_deliveries WHERE state = 'pending';

DROP TABLE webhook_deliveries;
DROP TABLE webhook_events;
DROP TABLE webhooks;
