-- A record. Parameters: space, id. Result: the columns of an entry, as record-entry.ts reads them.
select rid, wake_at, version, created_at, touched_at, idle_ms, ends_at, due_at, hits, seal, replaced,
  iif(instr(principal, char(0)), cast(principal as blob), principal), principal_since, cast(ending as blob), claim_token, attempt, lock_token, lock_until, description
from records where space = ? and id = ?
