-- Deletes objects of a space, not all at once, so that others do not wait for long.
-- Parameters: space, limit.
delete from {objects} where space = ? limit ?
