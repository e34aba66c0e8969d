-- Stands in front of the scripts that must not be carried out when their caller has given up, because a server that was
-- stopped finds them in its buffers when it goes on.
--
-- ARGV last: until when, in ms by the clock of Redis; empty: for ever. The script itself does not see it.
--
-- Reply error LATE

local deadline = tonumber(table.remove(ARGV))
if deadline and microseconds() > deadline * 1000 then
  return redis.error_reply('LATE by the clock of Redis the caller had given up')
end
