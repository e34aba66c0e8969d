-- The version that the save before has replaced.
-- Parameters: space, id.
select was_version from {records} where space = ? and id = ?
