-- Gives a lock back.
--
-- KEYS 1 lock
-- ARGV 1 token
--
-- Reply 1 given back | 0 not held by this token

local lock, token = KEYS[1], ARGV[1]

if string.match(redis.call('GET', lock) or '', '^%S+ (.*)$') ~= token then
  return 0
end
return redis.call('DEL', lock)
