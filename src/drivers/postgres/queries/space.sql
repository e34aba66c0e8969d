-- The number of a space.
-- Parameters: 1 prefix, 2 name.
select id from {schema}.spaces where prefix = $1 and name = $2
