-- Stands in front of every script.
--
-- A record is a hash. The fields of its head have names, each attribute has its own behind a colon. What is null in a
-- head has no field. A record's key is the key of its bucket's due times, a colon, and its id; scripts that find records
-- by themselves rely on it, and all keys of a bucket are in one slot.
--
-- When Redis is full it refuses a script's first write if that may take room, and no write after one that it allowed. So
-- a script that adds content begins with a write that may, and is refused as a whole; the others begin with one that
-- takes none (PEXPIRE, PERSIST, ZREM, DEL), and go on.

local FIELDS = {
  'version', 'created', 'touched', 'idle', 'ends', 'hits', 'seal', 'sealed', 'principal', 'since', 'entered',
  'ending', 'token', 'attempt',
}
local NEVER = math.huge
-- The ending of a record that holds nothing. Updates still apply to it, for so many ms at least.
local VACANT, VACANCY = 'vacant', 60000
-- What must be a number wherever it is there.
local NUMBERS = { 'created', 'touched', 'idle', 'ends', 'hits', 'sealed', 'since', 'attempt' }
-- More values than this at once are too many for Lua's stack.
local CHUNK = 1000

local function idOf(due, record)
  return string.sub(record, #due + 2)
end

-- nil when there is no record, or none that is whole. `size` is the number of fields the head takes.
local function headOf(record)
  local values = redis.pcall('HMGET', record, unpack(FIELDS))
  if values.err then
    assert(string.find(values.err, 'WRONGTYPE', 1, true), values.err)
    return nil -- of another program
  end
  local head = { size = 0 }
  for i, name in ipairs(FIELDS) do
    if values[i] then
      head[name] = values[i]
      head.size = head.size + 1
    end
  end
  for _, name in ipairs(NUMBERS) do
    local number = tonumber(head[name])
    if head[name] and (not number or number ~= number) then
      return nil
    end
    head[name] = number
  end
  return head.version and head.seal and head.touched and head.hits and head or nil
end

local function expiryOf(head)
  return math.min(head.idle and head.touched + head.idle or NEVER, head.ends or NEVER)
end

local function isLive(head, now)
  return not head.ending and not head.token and expiryOf(head) > now
end

-- Whether updates apply: it is live, or vacant.
local function isOpen(head, now)
  return isLive(head, now) or head.ending == VACANT and not head.token
end

-- `now` is the time of the change that made this head.
local function dueOf(head, now)
  if head.ending == VACANT then
    return now + VACANCY
  end
  return head.ending and math.min(now, expiryOf(head)) or expiryOf(head)
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

-- Returns what the index of principals may forget: whose the record was, and when that was entered.
local function remove(due, ids, record)
  local id = idOf(due, record)
  local owner = redis.call('HMGET', record, 'principal', 'entered')
  redis.call('DEL', record)
  redis.call('ZREM', due, id)
  redis.call('ZREM', ids, id)
  return owner
end

-- Calls HSET or HDEL with the arguments from `first` to `last`, pairs for HSET.
local function change(command, record, first, last)
  for from = first, last, CHUNK do
    redis.call(command, record, unpack(ARGV, from, math.min(from + CHUNK - 1, last)))
  end
end

-- The time by the clock of Redis.
local function microseconds()
  local time = redis.call('TIME')
  return time[1] * 1000000 + time[2]
end

-- Tells the other nodes. `instruction`: what they want to hear ('all' or only 'ends'), who tells it, on which channel.
local function tell(instruction, kind, id, version)
  local told, origin, channel = string.match(instruction, '^(%S+) (%S+) (.*)$')
  if told == 'all' or kind ~= 'saved' then
    redis.call('PUBLISH', channel, cjson.encode({ origin, kind, id, version }))
  end
end

-- Replies cut numbers to integers; text keeps them.
local function text(number)
  return number and string.format('%.17g', number)
end
