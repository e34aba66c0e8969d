-- Loads a live record, touching it in the same step.
--
-- KEYS 1 due times
--      2 record
-- ARGV 1 now
--      2 '=' and the seal it must have; empty: any
--      3 '=' and the version the caller holds; empty: none
--      4 how many ms before now the access was; empty: no touch
--      5 hits of the touch
--      6 grace: ms that an expired record is kept
--
-- Reply nil                                                            missing
--       packed: 'refused', sealed                                      another seal
--       packed: 'unchanged', touched before, touched, hits, idle, ends the version is the one held
--       fields and values in turn, packed: touched before              loaded

local due, record = KEYS[1], KEYS[2]
local now, seal, held, age = tonumber(ARGV[1]), ARGV[2], ARGV[3], tonumber(ARGV[4])

local head = headOf(record)
if not head or not isLive(head, now) then
  return false
end
if seal ~= '' and seal ~= '=' .. head.seal then
  return cmsgpack.pack('refused', head.resealed or head.created)
end

local before = head.touched
if age then
  touch(head, now - age, tonumber(ARGV[5]))
  local dueAt = expiryOf(head)
  keep(record, dueAt, now, tonumber(ARGV[6]))
  redis.call('HSET', record, HEAD, packed(head))
  redis.call('ZADD', due, dueAt, idOf(due, record))
end

if held == '=' .. head.version then
  return cmsgpack.pack('unchanged', before, head.touched, head.hits, head.idle, head.ends)
end
local reply = redis.call('HGETALL', record)
reply[#reply + 1] = cmsgpack.pack(before)
return reply
