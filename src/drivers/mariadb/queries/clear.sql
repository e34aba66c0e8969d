-- Deletes the attributes of a record whose head this transaction has deleted or holds.
-- Parameters: space, id.
delete from {attributes} where space = ? and id = ?
