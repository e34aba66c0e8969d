-- Removes all objects of a space. Parameter: space.
delete from objects where space = ?
