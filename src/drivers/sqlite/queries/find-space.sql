-- A space. Parameter: name. Result: sid.
select sid from spaces where name = ?
