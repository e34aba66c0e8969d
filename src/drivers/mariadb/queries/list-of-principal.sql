-- Live records of a principal from an id on, in the order of ids.
-- Parameters: space, principal, id, now, limit.
-- Result: their heads.
select id, version, created_at, touched_at, idle_ms, ends_at, due_at, hits, seal, replaced, principal, principal_since, description,
       ending, claim_token, attempt, lock_token, lock_until
from {records}
where space = ? and principal = ? and id >= ?
  and ending is null and claim_token is null and (due_at is null or due_at > ?)
order by id
limit ?
