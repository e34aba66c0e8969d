-- The head of a record, without a lock.
-- Parameters: space, id.
-- Result: a row, or none.
select id, version, created_at, touched_at, idle_ms, ends_at, due_at, hits, seal, replaced, principal, principal_since, description,
       ending, claim_token, attempt, lock_token, lock_until
from {records}
where space = ? and id = ?
