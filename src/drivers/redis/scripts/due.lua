-- Reads due times.
--
-- KEYS 1 due times
-- ARGV 1 now
--      2 the most due times up to now
--
-- Reply the due times up to now, earliest first, then the first one after now, if any

local due, now, limit = KEYS[1], ARGV[1], ARGV[2]

local function times(min, max, count)
  local found = redis.call('ZRANGEBYSCORE', due, min, max, 'WITHSCORES', 'LIMIT', 0, count)
  local scores = {}
  for i = 2, #found, 2 do
    scores[#scores + 1] = found[i]
  end
  return scores
end

local reply = times('-inf', now, limit)
reply[#reply + 1] = times('(' .. now, '+inf', 1)[1]
return reply
