-- The attributes of a record. Parameter: rid. Result: name, value.
select cast(name as blob), value from attributes where record = ?
