-- Sets attributes of a live record, and touches it. Writes no index of its head. `on conflict` sees the newest attributes.
-- Parameters: 1 space, 2 id, 3 now, 4 version, 5 touched_at or null, 6 hits, 7 names, 8 values, 9 deadline by the clock of
-- the server or null.
-- Result: the version that was replaced; no row if the record is not live, or the deadline has passed.
with head as (
  update {schema}.records
  set was_version = version,
      version = $4,
      touched_at = greatest(touched_at, $5::float8),
      hits = hits + $6::float8,
      due_at = least(greatest(touched_at, $5::float8) + idle_ms, ends_at)
  where space = $1 and id = $2
    and ending is null and claim_token is null and (due_at is null or due_at > $3::float8)
    and ($9::float8 is null or clock_timestamp() < to_timestamp($9::float8 / 1000))
  returning was_version, {in_time $9}
),
content as (
  insert into {schema}.attributes (space, id, name, value)
  select $1, $2, x.name, x.value from head, unnest($7::bytea[], $8::bytea[]) as x (name, value)
  on conflict (space, id, name) do update set value = excluded.value
)
select was_version from head
