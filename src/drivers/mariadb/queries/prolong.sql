-- Touches a live record as touch.sql does, after an idle time of exactly from_ms has become to_ms. wake_at must not be later
-- than due_at, which a shorter idle time brings forward.
-- Parameters: from_ms, to_ms or null, touched_at, hits, space, id, now, seal or null, deadline by the clock of the server.
-- Result: 1 affected row if it was touched.
update {records}
set was_touched_at = touched_at,
    idle_ms = if(idle_ms = ?, cast(? as double), idle_ms),
    touched_at = greatest(touched_at, ?),
    hits = hits + ?,
    due_at = coalesce(least(touched_at + idle_ms, ends_at), touched_at + idle_ms, ends_at),
    wake_at = coalesce(least(wake_at, due_at), wake_at, due_at)
where space = ? and id = ?
  and ending is null and claim_token is null and (due_at is null or due_at > ?)
  and seal = coalesce(?, seal)
  and sysdate(3) < cast(? as datetime(3))
