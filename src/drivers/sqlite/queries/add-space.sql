-- Adds a space if there is none of this name. Parameter: name.
insert into spaces (name) values (?) on conflict do nothing
