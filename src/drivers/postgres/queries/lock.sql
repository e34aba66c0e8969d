-- Takes the lock of a live record, or renews it, unless another token holds it.
-- A statement sees one state of the record (`seen`), but changes its newest state (`taken`): a record that looks free, and whose
-- lock is not taken, has changed in between.
-- Parameters: 1 space, 2 id, 3 now, 4 token, 5 end of the lease, 6 deadline by the clock of the server or null.
-- Result: `taken`, `held` by another token, `missing`, or `changed`: ask again; is_late.
with seen as materialized (
  select lock_token is not null and lock_token <> $4 and lock_until > $3::float8 as is_held
  from {schema}.records
  where space = $1 and id = $2 and ending is null and claim_token is null and (due_at is null or due_at > $3::float8)
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
select case
         when exists (select from taken) then 'taken'
         when not exists (select from seen) then 'missing'
         when (select is_held from seen) then 'held'
         else 'changed'
       end as answer,
       coalesce(clock_timestamp() >= to_timestamp($6::float8 / 1000), false) as is_late
