-- Locks the first records that may be due. Records that others have locked are passed over. The index must be used: only
-- then nothing else is locked.
-- Parameters: space, now, limit.
-- Result: their heads and wake_at, in the order of wake_at.
select id, version, created_at, touched_at, idle_ms, ends_at, due_at, hits, seal, replaced, principal, principal_since, description,
       ending, claim_token, attempt, lock_token, lock_until, wake_at
from {records} force index (wake)
where space = ? and wake_at <= ?
order by wake_at
limit ?
for update skip locked
