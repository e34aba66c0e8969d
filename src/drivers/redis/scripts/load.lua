-- Loads a live record, and touches it in the same step.
--
-- KEYS 1 due times
--      2 record
-- ARGV 1 now, and for a touch: the age of the access in ms, its hits, and the grace (ms that an expired record is kept);
--          for a prolong: the idle time that it changes, and the new one or 'never'
--      2 '=' and the seal that the record must have; empty: any
--      3 '=' and the version that the caller holds; empty: none
--
-- Reply nil                                                            missing
--       packed: 'refused', replaced                                    another seal
--       packed: 'unchanged', touched before, touched, hits, idle, ends the version that the caller holds
--       fields and values in turn, packed: touched before              loaded

local due, record = KEYS[1], KEYS[2]
local now, age, hits, grace, from, to = string.match(ARGV[1], '^(%S+) ?(%S*) ?(%S*) ?(%S*) ?(%S*) ?(%S*)$')
local seal, held = ARGV[2], ARGV[3]
now, age = tonumber(now), tonumber(age)

local head = headOf(record)
if not head or not isLive(head, now) then
  return false
end
if seal ~= '' and seal ~= '=' .. head.seal then
  return cmsgpack.pack('refused', head.replaced)
end

local before = head.touched
if age then
  if from ~= '' and head.idle == tonumber(from) then
    head.idle = tonumber(to)
  end
  touch(head, now - age, tonumber(hits))
  local dueAt = expiryOf(head)
  keep(record, dueAt, now, tonumber(grace))
  redis.call('HSET', record, HEAD, packed(head))
  redis.call('ZADD', due, dueAt, idOf(due, record))
end

if held == '=' .. head.version then
  return cmsgpack.pack('unchanged', before, head.touched, head.hits, head.idle, head.ends)
end
local reply = redis.call('HGETALL', record)
reply[#reply + 1] = cmsgpack.pack(before)
return reply
