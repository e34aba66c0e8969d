-- Releases a lock.
-- Parameters: 1 space, 2 id, 3 token, 4 deadline by the clock of the server or null.
-- Result: the version of the record, if this token held the lock.
update {schema}.records
set lock_token = null, lock_until = null
where space = $1 and id = $2 and lock_token = $3
  and ($4::float8 is null or clock_timestamp() < to_timestamp($4::float8 / 1000))
returning version, {in_time $4}
