-- Parameters: space, key, now, deadline by the clock of the server.
-- Result: 1 affected row if there was a live object.
delete from {objects}
where space = ? and name = ? and (expires_at is null or expires_at > ?) and sysdate(3) < cast(? as datetime(3))
