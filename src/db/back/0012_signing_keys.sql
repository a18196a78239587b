SELECT 'signing keys: nothing that they have signed is served where it has to be' AS lost, COUNT(*) AS rows FROM signing_keys;
SELECT 'secrets of webhooks that are sealed: rotate them' AS lost, COUNT(*) AS rows FROM webhooks
WHERE secret <> '' AND secret NOT LIKE 'whsec\_%' ESCAPE '\';

DROP TABLE signing_keys;
