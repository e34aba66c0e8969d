-- Claims the records that are due longest. Those whose wake_at is early are woken later instead, and none behind them is claimed,
-- so that a further call finds the next ones in order. Records that others have locked are passed over.
-- Parameters: 1 space, 2 now, 3 limit, 4 token, 5 end of the lease, 6 only this id or null, 7 channel, 8 beginning of the notices,
-- 9 deadline by the clock of the server or null.
-- Result: the records, due longest first, each with its packed head and attributes, and whether these are of the same version;
-- one row without an id that counts those to wake later. is_late there: it would have been too late.
with batch as materialized (
  select id, due_at, wake_at
  from {schema}.records
  where space = $1 and wake_at <= $2 and ($6::bytea is null or id = $6::bytea)
    and ($9::float8 is null or clock_timestamp() < to_timestamp($9::float8 / 1000))
  order by wake_at
  limit $3
  for update skip locked
),
early as (
  update {schema}.records as r set wake_at = r.due_at
  from batch as b
  where r.space = $1 and r.id = b.id and b.due_at is distinct from b.wake_at
  returning r.id
),
bound as (
  select min(due_at) as due_at from batch where due_at is distinct from wake_at
),
claimed as (
  update {schema}.records as r
  set claim_token = $4, attempt = r.attempt + 1, due_at = $5::float8, wake_at = $5::float8
  from batch as b, bound
  where r.space = $1 and r.id = b.id and b.due_at = b.wake_at and (bound.due_at is null or b.due_at <= bound.due_at)
  returning r.*, b.due_at as was_due_at
)
select c.id, json_build_array({head of c}) as head, packed.attributes, c.version = seen.version as is_whole, 0 as early,
       case when c.attempt = 1 and c.ending is null
         then pg_notify($7, $8 || encode(c.id, 'hex') || ' ' || c.version)::text end as notified,
       false as is_late, c.was_due_at
from claimed as c
left join {schema}.records as seen on seen.space = $1 and seen.id = c.id
left join lateral (
  select {packed} as attributes from {schema}.attributes as a where a.space = $1 and a.id = c.id
) as packed on true
union all
select null, null, null, null, (select count(*) from early)::integer, null,
       coalesce(clock_timestamp() >= to_timestamp($9::float8 / 1000), false), null
order by was_due_at
