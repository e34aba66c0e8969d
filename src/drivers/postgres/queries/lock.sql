-- Takes the lock of a live record, or renews it, unless another token holds it.
-- Parameters: 1 space, 2 id, 3 now, 4 token, 5 end of the lease, 6 deadline by the clock of the server or null.
-- Result: taken; is_live; is_late.
with seen as materialized (
  select ending is null and claim_token is null and (due_at is null or due_at > $3::float8) as is_live
  from {schema}.records
  where space = $1 and id = $2
),
taken as (
  update {schema}.records
  set lock_token = $4, lock_until = $5
  where space = $1 and id = $2
    and ending is null and claim_token is null and (due_at is null or due_at > $3::float8)
    and (lock_token is null or lock_token = $4 or lock_until <= $3::float8)
    and ($6::float8 is null or clock_timestamp() < to_timestamp($6::float8 / 1000))
  returning id, {in_time $6}
)
select exists (select from taken) as taken,
       coalesce((select is_live from seen), false) as is_live,
       coalesce(clock_timestamp() >= to_timestamp($6::float8 / 1000), false) as is_late
