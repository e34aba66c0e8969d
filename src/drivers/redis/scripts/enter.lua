-- Enters a record in the index of principals. To be done before the record says so itself.
--
-- KEYS 1 entries of the principal: ids by the time they were entered
-- ARGV 1 id
--
-- Reply the time, by the clock of Redis, so that it does not matter whose clock is wrong

local entries, id = KEYS[1], ARGV[1]

local now = microseconds()
redis.call('ZADD', entries, now, id)
return string.format('%.0f', now)
