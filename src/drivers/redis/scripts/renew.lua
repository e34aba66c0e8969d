-- Extends the leases that are still held.
--
-- KEYS 1 due times
--      2.. records
-- ARGV 1 when the leases run out
--      2 ms after which Redis itself removes the records
--      3.. the token of each record
--
-- Reply for each record 1 if its lease is held, else 0

local due = KEYS[1]
local held = {}

for i = 2, #KEYS do
  local record = KEYS[i]
  local head = headOf(record)
  local isHeld = head ~= nil and head.token == ARGV[i + 1]
  if isHeld then
    redis.call('PEXPIRE', record, ARGV[2])
    redis.call('ZADD', due, ARGV[1], idOf(due, record))
  end
  held[#held + 1] = isHeld and 1 or 0
end
return held
