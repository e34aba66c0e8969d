-- Adds a record, if there is none of this id.
-- Parameters: 1 space, 2 id, 3 version, 4 created_at, 5 touched_at, 6 idle_ms, 7 ends_at, 8 due_at, 9 hits, 10 seal,
-- 11 principal, 12 principal_since, 13 description, 14 names, 15 values, 16 deadline by the clock of the server or null,
-- 17 replaced.
-- Result: whether it was added; is_late: it would have been too late.
with head as (
  insert into {schema}.records
    (space, id, version, created_at, touched_at, idle_ms, ends_at, due_at, wake_at, hits, seal, principal, principal_since, description,
     replaced)
  select $1::integer, $2::bytea, $3::text, $4::float8, $5::float8, $6::float8, $7::float8, $8::float8, $8::float8, $9::float8, $10::text,
         $11::bytea, $12::float8, $13::bytea, $17::text
  where $16::float8 is null or clock_timestamp() < to_timestamp($16::float8 / 1000)
  on conflict do nothing
  returning id, {in_time $16}
),
content as (
  insert into {schema}.attributes (space, id, name, value)
  select $1::integer, head.id, x.name, x.value from head, unnest($14::bytea[], $15::bytea[]) as x (name, value)
)
select exists (select from head) as is_added,
       coalesce(clock_timestamp() >= to_timestamp($16::float8 / 1000), false) as is_late
