-- The version of the tables.
select value from {schema}.meta where name = 'schema'
