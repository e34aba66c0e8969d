-- What the user of this connection may do. A list is null if it is empty.
-- Parameters: 1 the schema.
select current_user::text as "user",
       (select pg_get_userbyid(nspowner)::text from pg_namespace where nspname = $1) as owner,
       has_database_privilege(current_database(), 'create') as may_create_schema,
       (select string_agg(distinct upper(needed.right_to) || ' on ' || c.relname, ', ')
        from pg_class as c
        join pg_namespace as n on n.oid = c.relnamespace
        cross join (values ('select'), ('insert'), ('update'), ('delete')) as needed (right_to)
        where n.nspname = $1 and c.relkind = 'r' and not has_table_privilege(c.oid, needed.right_to)) as denied
