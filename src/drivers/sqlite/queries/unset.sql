-- Removes an attribute. Parameters: rid, name.
delete from attributes where record = ? and name = ?
