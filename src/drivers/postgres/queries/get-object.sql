-- A live object.
-- Parameters: 1 space, 2 key, 3 now.
select value from {schema}.objects where space = $1 and key = $2 and (expires_at is null or expires_at > $3::float8)
