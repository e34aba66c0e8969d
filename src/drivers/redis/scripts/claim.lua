-- Claims due records, those due longest first.
--
-- KEYS 1 due times
--      2 ids
--      and the keys of the records found, in the same slot
-- ARGV 1 now
--      2 when the lease runs out
--      3 ms after which Redis itself removes the record
--      4 '=' and the id of the only record to claim; empty: any
--      5 the most records to claim
--      6 the token of these claims
--      7 the instruction for publish()
--
-- Reply for each claimed record: id, due time, fields and values in turn

local due, ids = KEYS[1], KEYS[2]
local now, leaseEnd, ttl, only, limit, token, instruction = unpack(ARGV)
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
      publish(instruction, 'ended', id, head.version)
    end
    claims[#claims + 1] = { id, dueAt, redis.call('HGETALL', record) }
  else
    -- Redis itself has removed the record, or the key holds something else, which is not ours to end.
    redis.call('ZREM', due, id)
    redis.call('ZREM', ids, id)
  end
end
return claims
