-- Releases a lock.
--
-- KEYS 1 record
-- ARGV 1 token
--
-- Reply 1 released | 0 not held by this token

local record, token = KEYS[1], ARGV[1]

if not headOf(record) or lockOf(record) ~= token then
  return 0
end
return redis.call('HDEL', record, LOCK)
