-- A page of the records of one principal in the order of their ids. Parameters: space, principal, first id, limit.
-- Result: the columns of an entry, and its id.
select rid, wake_at, version, created_at, touched_at, idle_ms, ends_at, due_at, hits, seal, replaced,
  iif(instr(principal, char(0)), cast(principal as blob), principal), principal_since, cast(ending as blob), claim_token, attempt, lock_token, lock_until, description,
  cast(id as blob)
from records where space = ? and principal = ? and id >= ? order by id limit ?
