-- The records whose time to be checked has come, the longest waiting first. Parameters: space, now, limit.
-- Result: the columns of an entry, and its id.
select rid, wake_at, version, created_at, touched_at, idle_ms, ends_at, due_at, hits, seal, replaced,
  iif(instr(principal, char(0)), cast(principal as blob), principal), principal_since, cast(ending as blob), claim_token, attempt, lock_token, lock_until, description,
  cast(id as blob)
from records where space = ? and wake_at <= ? order by wake_at limit ?
