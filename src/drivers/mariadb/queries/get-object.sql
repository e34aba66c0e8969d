-- Parameters: space, key, now.
-- Result: the value of a live object, or no row.
select value from {objects} where space = ? and name = ? and (expires_at is null or expires_at > ?)
