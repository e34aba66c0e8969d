-- The first statement of each connection.
-- Result: whether the server is a replica or read-only, and its time in ms.
select pg_is_in_recovery() or current_setting('transaction_read_only')::bool as is_replica,
       extract(epoch from clock_timestamp())::float8 * 1000 as time
