-- Touches a live record. Writes no index. Assignments run from left to right, so due_at sees the new touched_at.
-- Parameters: touched_at, hits, space, id, now, seal or null, deadline by the clock of the server.
-- Result: 1 affected row if it was touched.
update {records}
set was_touched_at = touched_at,
    touched_at = greatest(touched_at, ?),
    hits = hits + ?,
    due_at = coalesce(least(touched_at + idle_ms, ends_at), touched_at + idle_ms, ends_at)
where space = ? and id = ?
  and ending is null and claim_token is null and (due_at is null or due_at > ?)
  and seal = coalesce(?, seal)
  and sysdate(3) < cast(? as datetime(3))
