-- Removes an attribute of a record that this transaction holds.
-- Parameters: space, id, name.
delete from {attributes} where space = ? and id = ? and name = ?
