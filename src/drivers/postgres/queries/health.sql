-- What an operator wants to know.
-- Parameters: 1 the schema.
select extract(epoch from clock_timestamp())::float8 * 1000 as time,
       current_setting('server_version') as version,
       current_setting('fsync') as fsync,
       current_setting('full_page_writes') as full_page_writes,
       current_setting('synchronous_commit') as synchronous_commit,
       current_setting('autovacuum') as autovacuum,
       current_setting('max_connections')::integer as max_connections,
       (select sum(pg_total_relation_size(c.oid))::float8
        from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
        where n.nspname = $1 and c.relkind = 'r') as bytes
