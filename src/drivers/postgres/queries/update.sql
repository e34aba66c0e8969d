-- Writes an update of a record that has had no other change since it was read under the version of parameter 3. Touches may
-- have come between: they keep the version, and this change keeps what they did.
-- Parameters: 1 space, 2 id, 3 the version that was read, 4 now, 5 version, 6 touched_at or null, 7 hits,
-- 8 whether the idle time changes, 9 idle_ms, 10 ends_at, 11 due_at of an ended record or null, 12 seal, 13 replaced,
-- 14 principal, 15 principal_since, 16 description, 17 ending, 18 token of the lock or null, 19 names to remove,
-- 20 names to set, 21 values, 22 channel, 23 notice or null, 24 deadline by the clock of the server or null.
-- Result: one row if it was written.
with head as (
  update {schema}.records
  set was_version = version,
      version = $5,
      touched_at = greatest(touched_at, $6::float8),
      hits = hits + $7::float8,
      idle_ms = case when $8 then $9::float8 else idle_ms end,
      ends_at = $10,
      due_at = coalesce($11::float8, least(greatest(touched_at, $6::float8) + case when $8 then $9::float8 else idle_ms end, $10::float8)),
      wake_at = least(wake_at, coalesce($11::float8, least(greatest(touched_at, $6::float8) + case when $8 then $9::float8 else idle_ms end, $10::float8))),
      seal = $12, replaced = $13, principal = $14, principal_since = $15, description = $16, ending = $17
  where space = $1 and id = $2 and version = $3
    and claim_token is null and (ending is not null or due_at is null or due_at > $4::float8)
    and ($18::text is null or (lock_token = $18::text and lock_until > $4::float8))
    and ($24::float8 is null or clock_timestamp() < to_timestamp($24::float8 / 1000))
  returning id, {in_time $24}
),
removed as (
  delete from {schema}.attributes as a using head
  where a.space = $1 and a.id = $2 and a.name = any ($19::bytea[])
),
content as (
  insert into {schema}.attributes (space, id, name, value)
  select $1, $2, x.name, x.value from head, unnest($20::bytea[], $21::bytea[]) as x (name, value)
  on conflict (space, id, name) do update set value = excluded.value
)
select case when $23::text is not null then pg_notify($22, $23::text)::text end as notified from head
