-- Removes a live record without an end.
--
-- KEYS 1 due times
--      2 ids
--      3 record
-- ARGV 1 now
--      2 whom to tell, as for tell()
--
-- Reply nil                        missing
--       packed: principal, entered removed

local due, ids, record = KEYS[1], KEYS[2], KEYS[3]

local head = headOf(record)
if not head or not isLive(head, tonumber(ARGV[1])) then
  return false
end
tell(ARGV[2], 'deleted', idOf(due, record), head.version)
return remove(due, ids, record, head)
