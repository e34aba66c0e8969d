-- Enters a record in the index of principals. Must run before the record is saved with the principal.
--
-- KEYS 1 entries of the principal: ids by the time they were entered
-- ARGV 1 id
--
-- Reply the time of the entry by the clock of Redis, so that a node's wrong clock does not matter

local entries, id = KEYS[1], ARGV[1]

local now = microseconds()
redis.call('ZADD', entries, now, id)
return string.format('%.0f', now)
