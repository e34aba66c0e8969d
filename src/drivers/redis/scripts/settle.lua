-- Removes the records whose claims are still held.
--
-- KEYS 1 due times
--      2 ids
--      3.. records
-- ARGV 1.. the token of each record
--
-- Reply 1 for each record that was held, else 0

local due, ids = KEYS[1], KEYS[2]
local held = {}

for i = 3, #KEYS do
  local record = KEYS[i]
  local isHeld = redis.call('HGET', record, 'token') == ARGV[i - 2]
  if isHeld then
    remove(due, ids, record)
  end
  held[#held + 1] = isHeld and 1 or 0
end
return held
