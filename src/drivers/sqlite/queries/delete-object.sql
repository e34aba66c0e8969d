-- Removes an object. Parameters: space, key, now. Result: 1 if it was live, else 0.
delete from objects where space = ? and key = ? returning expires_at is null or expires_at > ?
