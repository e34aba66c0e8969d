-- Removes all attributes of a record. Parameter: rid.
delete from attributes where record = ?
