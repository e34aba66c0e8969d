-- Takes or renews a lock, unless another token holds it.
--
-- KEYS 1 lock
-- ARGV 1 now
--      2 when the lease runs out
--      3 ms after which Redis removes it by itself
--      4 token
--
-- Reply 1 taken | 0 held by another

local lock = KEYS[1]
local now, leaseEnd, ttl, token = tonumber(ARGV[1]), ARGV[2], ARGV[3], ARGV[4]

local untilAt, holder = string.match(redis.call('GET', lock) or '', '^(%S+) (.*)$')
if holder and holder ~= token and tonumber(untilAt) > now then
  return 0
end
redis.call('SET', lock, leaseEnd .. ' ' .. token, 'PX', ttl)
return 1
