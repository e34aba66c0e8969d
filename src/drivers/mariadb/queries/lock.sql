-- Takes the lock of a live record, or renews it. Writes no index.
-- Parameters: token, until, space, id, now, token, now, deadline by the clock of the server.
-- Result: 1 affected row if the token holds the lock.
update {records}
set lock_token = ?, lock_until = ?
where space = ? and id = ?
  and ending is null and claim_token is null and (due_at is null or due_at > ?)
  and (lock_token is null or lock_token = ? or lock_until <= ?)
  and sysdate(3) < cast(? as datetime(3))
