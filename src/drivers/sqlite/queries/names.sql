-- The names of the attributes of a record. Parameter: rid.
select cast(name as blob) from attributes where record = ?
