-- Removes the records whose claims are still held. Rows are locked in the order of their ids.
-- Parameters: 1 space, 2 ids, 3 tokens, 4 deadline by the clock of the server or null.
-- Result: ids and tokens.
with held as materialized (
  select r.id
  from {schema}.records as r join unnest($2::bytea[], $3::text[]) as x (id, token) on r.id = x.id and r.claim_token = x.token
  where r.space = $1 and ($4::float8 is null or clock_timestamp() < to_timestamp($4::float8 / 1000))
  order by r.id
  for update of r
),
content as (
  delete from {schema}.attributes as a using held where a.space = $1 and a.id = held.id
)
delete from {schema}.records as r using held
where r.space = $1 and r.id = held.id
returning r.id, r.claim_token as token, {in_time $4}
