-- Sets an object. Fails with 1048 if, by the clock of the server, the deadline has passed.
-- Parameters: deadline, space, key, value, expires_at.
insert into {objects} (space, name, value, expires_at)
values (if(sysdate(3) < cast(? as datetime(3)), ?, null), ?, ?, ?)
on duplicate key update value = values(value), expires_at = values(expires_at)
