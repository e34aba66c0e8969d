-- Takes the lock of a live record, or renews it, unless another token holds it.
--
-- KEYS 1 record
-- ARGV 1 now
--      2 when the lease runs out
--      3 token
--
-- Reply 'taken' | 'held' | 'missing'

local record = KEYS[1]
local now, leaseEnd, token = tonumber(ARGV[1]), ARGV[2], ARGV[3]

local head = headOf(record)
if not head or not isLive(head, now) then
  return 'missing'
end
if (lockHolder(record, now) or token) ~= token then
  return 'held'
end
redis.call('HSET', record, LOCK, leaseEnd .. ' ' .. token)
return 'taken'
