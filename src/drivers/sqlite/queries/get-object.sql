-- A live object. Parameters: space, key, now. Result: value.
select value from objects where space = ? and key = ? and (expires_at is null or expires_at > ?)
