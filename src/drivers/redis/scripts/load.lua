-- Loads a live record, and touches it in the same step.
--
-- KEYS 1 record
--      2 due times, for a touch
-- ARGV 1 its parts with NUL between them, because each argument costs client and server more than its bytes do:
--          now, in base 36 if it is whole and not before 1970; the seal that the record must have, or NONE; the version that
--          the caller holds, or NONE
--          for a touch: the age of the access in ms, its hits, and the grace (ms that an expired record is kept)
--          for a prolong: the idle time that it changes, and the new one or 'never'
--
-- Reply nil                                                            missing
--       packed: 'refused', replaced                                    another seal
--       packed: 'unchanged', touched before, touched, hits, idle, ends the version that the caller holds
--       fields and values in turn, packed: touched before              loaded

-- No seal and no version is this: both are ASCII.
local NONE = '∅'

local record, due = KEYS[1], KEYS[2]
local now, seal, held, access = string.match(ARGV[1], '^(%Z*)%z(%Z*)%z(%Z*)%z?(.*)$')
-- Other times are written with a point or a minus sign, which no number in base 36 has.
now = tonumber(now, 36) or tonumber(now)

local head = headOf(record)
if not head or not isLive(head, now) then
  return false
end
if seal ~= NONE and seal ~= head.seal then
  return cmsgpack.pack('refused', head.replaced)
end

local before = head.touched
if due then
  local age, hits, grace, from, to = string.match(access, '^(%Z+)%z(%Z+)%z(%Z+)%z?(%Z*)%z?(%Z*)$')
  if from ~= '' and head.idle == tonumber(from) then
    head.idle = tonumber(to)
  end
  touch(head, now - tonumber(age), tonumber(hits))
  local dueAt = expiryOf(head)
  keep(record, dueAt, now, tonumber(grace))
  redis.call('HSET', record, HEAD, packed(head))
  redis.call('ZADD', due, dueAt, idOf(due, record))
end

if held == head.version then
  return cmsgpack.pack('unchanged', before, head.touched, head.hits, head.idle, head.ends)
end
local reply = redis.call('HGETALL', record)
reply[#reply + 1] = cmsgpack.pack(before)
return reply
