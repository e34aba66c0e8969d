-- Removes an object.
-- Parameters: 1 space, 2 key, 3 now, 4 deadline by the clock of the server or null.
-- Result: whether it was live; no row if there was none.
delete from {schema}.objects
where space = $1 and key = $2 and ($4::float8 is null or clock_timestamp() < to_timestamp($4::float8 / 1000))
returning expires_at is null or expires_at > $3::float8 as was_live, {in_time $4}
