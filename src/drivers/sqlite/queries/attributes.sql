-- The attributes of a record. Parameter: rid. Result: name, value.
select iif(instr(name, char(0)), cast(name as blob), name), value from attributes where record = ?
