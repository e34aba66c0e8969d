-- Removes entries from the index of principals that turned out to be wrong.
--
-- KEYS 1 entries of the principal: ids by the time they were entered
-- ARGV 1 the time of the newest entry to remove; empty: a minute ago, so that no save under way can make an entry true
--      2.. ids

local entries = KEYS[1]
local upTo = tonumber(ARGV[1]) or microseconds() - 60 * 1000000

for i = 2, #ARGV do
  local entered = redis.call('ZSCORE', entries, ARGV[i])
  if entered and tonumber(entered) <= upTo then
    redis.call('ZREM', entries, ARGV[i])
  end
end
