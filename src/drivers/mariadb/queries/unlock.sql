-- Releases a lock. Writes no index.
-- Parameters: space, id, token, deadline by the clock of the server.
-- Result: 1 affected row if the token held it.
update {records}
set lock_token = null, lock_until = null
where space = ? and id = ? and lock_token = ? and sysdate(3) < cast(? as datetime(3))
