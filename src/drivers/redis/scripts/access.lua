-- Which commands of this driver the user may not run. Changes nothing.
-- Keys: none. Arguments: 1 the prefix. Reply: the names of these commands; nil if the server (before 7.0) cannot say.
if not redis.acl_check_cmd then return false end

local key = ARGV[1] .. 'layout'
local commands = {
  {'info', 'server'}, {'time'}, {'publish', key, ''}, {'subscribe', key},
  {'evalsha', '0', '1', key}, {'eval', '', '1', key}, {'exists', key}, {'persist', key}, {'pexpire', key, '1'}, {'del', key},
  {'hget', key, 'f'}, {'hgetall', key}, {'hkeys', key}, {'hlen', key}, {'hset', key, 'f', ''}, {'hdel', key, 'f'},
  {'zadd', key, '1', 'm'}, {'zrem', key, 'm'}, {'zscore', key, 'm'}, {'zcount', key, '0', '1'}, {'zrange', key, '0', '1'},
  {'zrangebyscore', key, '0', '1'}, {'zrangebylex', key, '-', '+'},
  {'get', key}, {'set', key, ''}, {'getdel', key}, {'scan', '0'}, {'unlink', key},
}
local denied = {}
for _, command in ipairs(commands) do
  if not redis.acl_check_cmd(unpack(command)) then denied[#denied + 1] = command[1] end
end
return denied
