-- Removes the records whose claims are still held.
--
-- KEYS 1 due times
--      2 ids
--      3.. records
-- ARGV 1.. the token of each record
--
-- Reply for each record, if its claim was held, packed: principal, entered; else nil

local due, ids = KEYS[1], KEYS[2]
local removed = {}

for i = 3, #KEYS do
  local record = KEYS[i]
  local head = headOf(record)
  local isHeld = head ~= nil and head.token == ARGV[i - 2]
  removed[#removed + 1] = isHeld and remove(due, ids, record, head)
end
return removed
