-- Removes all objects of a space.
-- Parameters: 1 space, 2 deadline by the clock of the server or null.
-- Result: is_late: some may be left, because it was too late.
with removed as (
  delete from {schema}.objects
  where space = $1 and ($2::float8 is null or clock_timestamp() < to_timestamp($2::float8 / 1000))
  returning 1
)
select count(*)::integer as removed, coalesce(clock_timestamp() >= to_timestamp($2::float8 / 1000), false) as is_late
from removed
