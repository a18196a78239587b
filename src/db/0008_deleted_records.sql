-- For the cron, which drops the rows of deleted records and namespaces when nobody can still hold their documents, and of
-- a namespace only when no record in it is left.
CREATE INDEX records_deleted ON records (updated_at) WHERE state = 'deleted';
CREATE INDEX records_by_namespace ON records (namespace);
CREATE INDEX namespaces_deleted ON namespaces (updated_at) WHERE state = 'deleted';
