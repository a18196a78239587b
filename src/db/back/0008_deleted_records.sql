DROP INDEX namespaces_deleted;
DROP INDEX records_by_namespace;
DROP INDEX records_deleted;
