-- Result: the time of the server in microseconds since 1970. The time zone of the session is UTC.
select timestampdiff(microsecond, '1970-01-01', sysdate(6)) as time
