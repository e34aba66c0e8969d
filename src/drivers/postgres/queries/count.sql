-- The number of live records.
-- Parameters: 1 space, 2 now.
select count(*)::float8 as count
from {schema}.records
where space = $1 and ending is null and claim_token is null and (due_at is null or due_at > $2::float8)
