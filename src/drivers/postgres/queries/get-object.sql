-- A live object, in base64: as bytes it would be sent in hex, which is longer and slower to read.
-- Parameters: 1 space, 2 key, 3 now.
select encode(value, 'base64') as value from {schema}.objects where space = $1 and key = $2 and (expires_at is null or expires_at > $3::float8)
