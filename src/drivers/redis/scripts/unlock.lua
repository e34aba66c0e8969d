-- Releases a lock.
--
-- KEYS 1 record
-- ARGV 1 token
--      2 id
--      3 the instruction for publish()
--
-- Reply 1 released | 0 not held by this token

local record, token, id, instruction = KEYS[1], ARGV[1], ARGV[2], ARGV[3]

local head = headOf(record)
if not head or lockOf(record) ~= token then
  return 0
end
redis.call('HDEL', record, LOCK)
publish(instruction, 'unlocked', id, head.version)
return 1
