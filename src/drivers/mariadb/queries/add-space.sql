-- Gives a space a number, unless it has one.
-- Parameters: prefix, name.
insert into {spaces} (prefix, name) values (?, ?) on duplicate key update id = id
