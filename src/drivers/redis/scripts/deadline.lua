-- The beginning of the scripts that must not be carried out after their caller has given up: a server that was paused
-- finds them in its buffers when it continues.
--
-- ARGV last: the deadline, in ms by the clock of Redis; empty: none. Removed, so that the script does not see it.
--
-- Reply error LATE

local deadline = tonumber(table.remove(ARGV))
if deadline and microseconds() > deadline * 1000 then
  return redis.error_reply('LATE by the clock of Redis the caller had given up')
end
