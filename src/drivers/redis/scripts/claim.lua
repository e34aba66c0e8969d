-- Leases what has fallen due, longest due first.
--
-- KEYS 1 due times
--      2 ids
--      and the records found, in the same slot
-- ARGV 1 now
--      2 when the lease runs out
--      3 ms after which Redis removes the record by itself
--      4 '=' and the id of the only record meant; empty: any
--      5.. a token for each record to claim at most
--
-- Reply for each claimed record: id, when it fell due, token, attempt, fields and values in turn

local due, ids = KEYS[1], KEYS[2]
local now, leaseEnd, ttl, only = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local claims = {}

-- Ids and due times in turn.
local function candidates()
  if only == '' then
    return redis.call('ZRANGEBYSCORE', due, '-inf', now, 'WITHSCORES', 'LIMIT', 0, #ARGV - 4)
  end
  local id = string.sub(only, 2)
  local dueAt = redis.call('ZSCORE', due, id)
  return dueAt and tonumber(dueAt) <= tonumber(now) and { id, dueAt } or {}
end

-- Redis has removed it by itself, or another program has written there, which is left alone.
local function isGone(record)
  return redis.call('TYPE', record).ok ~= 'hash' or not headOf(record)
end

local found = candidates()
for i = 1, #found, 2 do
  local id, dueAt = found[i], found[i + 1]
  local record = due .. ':' .. id
  if isGone(record) then
    redis.call('ZREM', due, id)
    redis.call('ZREM', ids, id)
  else
    local token = ARGV[5 + #claims]
    redis.call('PEXPIRE', record, ttl)
    redis.call('HSET', record, 'token', token)
    redis.call('ZADD', due, leaseEnd, id)
    local attempt = redis.call('HINCRBY', record, 'attempt', 1)
    claims[#claims + 1] = { id, dueAt, token, attempt, redis.call('HGETALL', record) }
  end
end
return claims
