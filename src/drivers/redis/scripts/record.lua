-- Stands in front of every script.
--
-- A record is a hash. The fields of its head have names, each attribute has its own behind a colon. What is null in a
-- head has no field. A record's key is the key of its bucket's due times, a colon, and its id; scripts that find records
-- by themselves rely on it, and all keys of a bucket are in one slot.
--
-- When Redis is full it refuses a script's first write if that takes room, and none that follows a write it allowed. So
-- what adds content begins with such a write, and is refused as a whole; everything else begins with one that takes no
-- room (PEXPIRE, PERSIST, ZREM, DEL), and goes on.

local FIELDS = {
  'version', 'created', 'touched', 'idle', 'ends', 'hits', 'seal', 'sealed', 'principal', 'since', 'ending',
  'token', 'attempt',
}
local NEVER = math.huge
-- More values than this at once are too many for Lua's stack.
local CHUNK = 1000

local function idOf(due, record)
  return string.sub(record, #due + 2)
end

-- nil when there is no record, or none that is whole. `size` is the number of fields the head takes.
local function headOf(record)
  local values = redis.call('HMGET', record, unpack(FIELDS))
  local head = { size = 0 }
  for i, name in ipairs(FIELDS) do
    if values[i] then
      head[name] = values[i]
      head.size = head.size + 1
    end
  end
  for _, name in ipairs({ 'touched', 'idle', 'ends', 'hits' }) do
    head[name] = tonumber(head[name])
  end
  return head.version and head.touched and head.hits and head or nil
end

local function expiryOf(head)
  return math.min(head.idle and head.touched + head.idle or NEVER, head.ends or NEVER)
end

local function isLive(head, now)
  return not head.ending and not head.token and expiryOf(head) > now
end

local function touch(head, touchedAt, hits)
  head.touched = math.max(head.touched, touchedAt)
  head.hits = head.hits + hits
end

-- Redis itself removes the record only when `grace` ms have passed since it fell due. Takes no room.
local function keep(record, dueAt, now, grace)
  if dueAt == NEVER then
    redis.call('PERSIST', record)
  else
    redis.call('PEXPIRE', record, math.ceil(math.max(dueAt - now, 0) + grace))
  end
end

local function remove(due, ids, record)
  local id = idOf(due, record)
  redis.call('DEL', record)
  redis.call('ZREM', due, id)
  redis.call('ZREM', ids, id)
end

-- Calls HSET or HDEL with the arguments from `first` to `last`, pairs for HSET.
local function change(command, record, first, last)
  for from = first, last, CHUNK do
    redis.call(command, record, unpack(ARGV, from, math.min(from + CHUNK - 1, last)))
  end
end

-- Replies cut numbers to integers; text keeps them.
local function text(number)
  return number and string.format('%.17g', number)
end
