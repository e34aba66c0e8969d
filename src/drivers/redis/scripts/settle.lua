-- Removes the records whose claims are still held.
--
-- KEYS 1 due times
--      2 ids
--      3.. records
-- ARGV 1.. the token of each record
--
-- Reply for each record that was held: principal, entered; else nil

local due, ids = KEYS[1], KEYS[2]
local removed = {}

for i = 3, #KEYS do
  local record = KEYS[i]
  local isHeld = redis.call('HGET', record, 'token') == ARGV[i - 2]
  removed[#removed + 1] = isHeld and remove(due, ids, record)
end
return removed
