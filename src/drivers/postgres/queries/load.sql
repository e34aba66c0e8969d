-- Loads a record and touches it. The touch need not be on the disk when this is answered: losing it makes a life a little shorter.
-- A statement sees one state of all tables (`seen`), but changes the newest state of a row (`touched`). So attributes are
-- returned only if both have the same version.
-- Parameters: 1 space, 2 id, 3 now, 4 touched_at, 5 hits, 6 seal or null, 7 the version that the caller holds or null,
-- 8 deadline by the clock of the server or null, 9 and 10 idle time to change from and to, or null and null.
-- Result: no row without a record; the packed attributes unless the caller holds them; and one value that begins with a word.
-- `untouched`: whether the record was live, its seal and what that replaced. `unchanged`: the time of the access before, and what
-- the touch may have changed. `loaded`, or `changed` without attributes: the time of the access before, and the packed head.
with seen as materialized (
  select version, seal, replaced, ending is null and claim_token is null and (due_at is null or due_at > $3::float8) as is_live
  from {schema}.records
  where space = $1 and id = $2
),
touched as (
  update {schema}.records
  set was_touched_at = touched_at,
      touched_at = greatest(touched_at, $4::float8),
      hits = hits + $5::float8,
      idle_ms = case when idle_ms = $9::float8 then $10::float8 else idle_ms end,
      due_at = least(greatest(touched_at, $4::float8) + case when idle_ms = $9::float8 then $10::float8 else idle_ms end, ends_at),
      wake_at = least(wake_at, greatest(touched_at, $4::float8) + case when idle_ms = $9::float8 then $10::float8 else idle_ms end, ends_at)
  where space = $1 and id = $2
    and ending is null and claim_token is null and (due_at is null or due_at > $3::float8)
    and ($6::text is null or seal = $6::text)
    and ($8::float8 is null or clock_timestamp() < to_timestamp($8::float8 / 1000))
  returning {columns}, was_touched_at, {in_time $8}
)
select case
         when touched.version is null then json_build_array('untouched', seen.is_live, seen.seal, seen.replaced)
         when touched.version = $7::text then
           json_build_array('unchanged', touched.was_touched_at, touched.touched_at, touched.idle_ms, touched.ends_at, touched.hits)
         else
           json_build_array(case when touched.version = seen.version then 'loaded' else 'changed' end, touched.was_touched_at, {head of touched})
       end as answer,
       packed.attributes
from seen
left join touched on true
left join lateral (
  select {packed} as attributes
  from {schema}.attributes
  where space = $1 and id = $2 and touched.version = seen.version and touched.version is distinct from $7::text
) as packed on true
where set_config('synchronous_commit', 'off', true) is not null
