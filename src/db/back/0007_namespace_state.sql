SELECT 'that namespaces were deleted: they are there again, without a record' AS lost, COUNT(*) AS rows FROM namespaces
WHERE state = 'deleted';

ALTER TABLE namespaces DROP COLUMN state;
