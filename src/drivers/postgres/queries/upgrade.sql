-- Brings tables of version 1 of the schema to version 2. Run again, it changes nothing.
alter table {schema}.records add column if not exists description bytea;
update {schema}.meta set value = '2' where name = 'schema' and value = '1';
