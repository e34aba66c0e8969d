-- The first statement of each connection. Plans are made once: they depend on no parameter, and making one takes longer than
-- carrying it out.
-- Parameters: 1 whether the settings of this session stay with it.
-- Result: whether the server is a replica or read-only, and its time in ms.
select pg_is_in_recovery() or current_setting('transaction_read_only')::bool as is_replica,
       extract(epoch from clock_timestamp())::float8 * 1000 as time,
       case when $1 then set_config('plan_cache_mode', 'force_generic_plan', false) || set_config('jit', 'off', false) end as settings
