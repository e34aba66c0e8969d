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
-- Reply nil                                                           missing
--       'refused', sealed                                             another seal
--       'unchanged', touched before, touched, hits, idle, ends        the version is the one held
--       'loaded', touched before, fields and values in turn

local due, record = KEYS[1], KEYS[2]
local now, seal, held, age = tonumber(ARGV[1]), ARGV[2], ARGV[3], tonumber(ARGV[4])

local head = headOf(record)
if not head or not isLive(head, now) then
  return false
end
if seal ~= '' and seal ~= '=' .. head.seal then
  return { 'refused', head.sealed }
end

local before = text(head.touched)
if age then
  touch(head, now - age, tonumber(ARGV[5]))
  local dueAt = expiryOf(head)
  keep(record, dueAt, now, tonumber(ARGV[6]))
  redis.call('HSET', record, 'touched', head.touched, 'hits', head.hits)
  redis.call('ZADD', due, dueAt, idOf(due, record))
end

if held == '=' .. head.version then
  return { 'unchanged', before, text(head.touched), text(head.hits), text(head.idle) or false, text(head.ends) or false }
end
return { 'loaded', before, redis.call('HGETALL', record) }
