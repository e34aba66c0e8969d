-- Removes all objects of a space.
-- Parameters: 1 space, 2 deadline by the clock of the server or null.
delete from {schema}.objects where space = $1 and ($2::float8 is null or clock_timestamp() < to_timestamp($2::float8 / 1000))
