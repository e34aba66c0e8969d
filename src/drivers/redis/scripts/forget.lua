-- Removes entries of a principal that are no newer than the moment up to which a record is known to deny them.
--
-- KEYS 1 entries of the principal: ids by the time they were written
-- ARGV 1 that moment
--      2.. ids

local entries, upTo = KEYS[1], tonumber(ARGV[1])

for i = 2, #ARGV do
  local writtenAt = redis.call('ZSCORE', entries, ARGV[i])
  if writtenAt and tonumber(writtenAt) <= upTo then
    redis.call('ZREM', entries, ARGV[i])
  end
end
