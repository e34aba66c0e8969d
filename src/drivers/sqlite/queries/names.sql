-- The names of the attributes of a record. Parameter: rid.
select iif(instr(name, char(0)), cast(name as blob), name) from attributes where record = ?
