-- Extends the leases of claims that are still held. Rows are locked in the order of their ids, so that two callers never wait
-- for each other.
-- Parameters: 1 space, 2 ids, 3 tokens, 4 end of the leases, 5 deadline by the clock of the server or null.
-- Result: ids and tokens.
with held as materialized (
  select r.id
  from {schema}.records as r join unnest($2::bytea[], $3::text[]) as x (id, token) on r.id = x.id and r.claim_token = x.token
  where r.space = $1 and ($5::float8 is null or clock_timestamp() < to_timestamp($5::float8 / 1000))
  order by r.id
  for update of r
)
update {schema}.records as r set due_at = $4::float8, wake_at = $4::float8
from held
where r.space = $1 and r.id = held.id
returning r.id, r.claim_token as token, {in_time $5}
