-- Adds a space if there is none of this name.
-- Parameters: 1 prefix, 2 name.
insert into {schema}.spaces (prefix, name) values ($1, $2) on conflict do nothing
