-- Leases what has fallen due, longest due first.
--
-- KEYS 1 due times
--      2 ids
--      and the records found, in the same slot
-- ARGV 1 now
--      2 when the lease runs out
--      3 ms after which Redis removes the record by itself
--      4 '=' and the id of the only record meant; empty: any
--      5 how many at most
--      6 the token of these claims
--      7 whom to tell, as for tell()
--
-- Reply for each claimed record: id, when it fell due, fields and values in turn

local due, ids = KEYS[1], KEYS[2]
local now, leaseEnd, ttl, only, limit, token, whom = unpack(ARGV)
local claims = {}

-- Ids and due times in turn.
local function candidates()
  if only == '' then
    return redis.call('ZRANGEBYSCORE', due, '-inf', now, 'WITHSCORES', 'LIMIT', 0, limit)
  end
  local id = string.sub(only, 2)
  local dueAt = redis.call('ZSCORE', due, id)
  return dueAt and tonumber(dueAt) <= tonumber(now) and { id, dueAt } or {}
end

local found = candidates()
for i = 1, #found, 2 do
  local id, dueAt = found[i], found[i + 1]
  local record = due .. ':' .. id
  local head = headOf(record)
  if head then
    local isNews = not head.ending and not head.token
    head.token, head.attempt = token, (head.attempt or 0) + 1
    redis.call('PEXPIRE', record, ttl)
    redis.call('HSET', record, HEAD, packed(head))
    redis.call('ZADD', due, leaseEnd, id)
    if isNews then
      tell(whom, 'ended', id, head.version)
    end
    claims[#claims + 1] = { id, dueAt, redis.call('HGETALL', record) }
  else
    -- Redis has removed it by itself, or what is there is not for us to end.
    redis.call('ZREM', due, id)
    redis.call('ZREM', ids, id)
  end
end
return claims
