-- Removes a record, but not its attributes. Parameter: rid.
delete from records where rid = ?
