-- For the cron, which drops deleted records and namespaces when nobody can still hold their documents.
CREATE INDEX records_deleted ON records (updated_at) WHERE state = 'deleted';
CREATE INDEX records_by_namespace ON records (namespace);
CREATE INDEX namespaces_deleted ON namespaces (updated_at) WHERE state = 'deleted';
