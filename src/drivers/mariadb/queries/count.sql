-- The number of live records.
-- Parameters: space, now.
select count(*) as live
from {records}
where space = ? and ending is null and claim_token is null and (due_at is null or due_at > ?)
