-- Locks a record until the transaction ends.
-- Parameters: space, id.
-- Result: its head and wake_at, or no row.
select id, version, created_at, touched_at, idle_ms, ends_at, due_at, hits, seal, replaced, principal, principal_since, description,
       ending, claim_token, attempt, lock_token, lock_until, wake_at
from {records}
where space = ? and id = ?
for update
