-- Sets an object, and removes some that have expired: more than it adds, so that they cannot accumulate.
-- Parameters: 1 space, 2 key, 3 value, 4 expires_at or null, 5 now, 6 deadline by the clock of the server or null.
-- Result: one row if it was set in time.
with expired as (
  delete from {schema}.objects
  where (space, key) in (
    select space, key from {schema}.objects
    where space = $1 and expires_at <= $5::float8 and key <> $2
    order by expires_at
    limit 4
    for update skip locked
  )
)
insert into {schema}.objects (space, key, value, expires_at)
select $1, $2, $3::bytea, $4::float8
where $6::float8 is null or clock_timestamp() < to_timestamp($6::float8 / 1000)
on conflict (space, key) do update set value = excluded.value, expires_at = excluded.expires_at
returning {in_time $6}
