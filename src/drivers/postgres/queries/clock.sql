-- Result: the time of the server, in ms.
select extract(epoch from clock_timestamp())::float8 * 1000 as time
