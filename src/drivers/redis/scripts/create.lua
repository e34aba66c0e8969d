-- Creates a record.
--
-- KEYS 1 due times
--      2 ids
--      3 record
-- ARGV 1 when it falls due; +inf: never
--      2 ms after which Redis removes it by itself; empty: never
--      3 whom to tell, as for tell()
--      4.. fields and values in turn
--
-- Reply 'saved' | 'exists'

local due, ids, record = KEYS[1], KEYS[2], KEYS[3]
local id = idOf(due, record)

if redis.call('EXISTS', record) == 1 then
  return 'exists'
end
redis.call('ZADD', due, ARGV[1], id)
redis.call('ZADD', ids, 0, id)
change('HSET', record, 4, #ARGV)
if ARGV[2] ~= '' then
  redis.call('PEXPIRE', record, ARGV[2])
end
tell(ARGV[3], 'saved', id, redis.call('HGET', record, 'version'))
return 'saved'
