-- Deletes objects of a space that expired some time ago.
-- Parameters: space, time, limit.
delete from {objects} where space = ? and expires_at <= ? limit ?
