-- Gives a live record another version, and touches it. Its attributes follow in the same transaction. Writes no index.
-- Parameters: version, touched_at, hits, space, id, now.
-- Result: 1 affected row if the record is live.
update {records}
set was_version = version,
    version = ?,
    touched_at = greatest(touched_at, ?),
    hits = hits + ?,
    due_at = coalesce(least(touched_at + idle_ms, ends_at), touched_at + idle_ms, ends_at)
where space = ? and id = ?
  and ending is null and claim_token is null and (due_at is null or due_at > ?)
