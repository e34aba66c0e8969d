-- The beginning of every script.
--
-- A record is a hash. One field holds its head, one its last lock (end of the lease, a blank, the token), and each
-- attribute has a field named by a colon and the attribute's name. The parts of a head are packed as MessagePack, one
-- after the other; null or absent parts are nil, or missing at the end. A record's key is the key of its bucket's due
-- times, a colon, and its id. Scripts that find records themselves rely on this, and on all keys of a bucket being in
-- one slot.
--
-- A newer version of this package may add parts at the end of a head, and fields of other names. They are kept.
--
-- A full Redis refuses a script's first write if it may take room, but no write after one that it allowed. So a script
-- that adds content begins with a write that may take room, and is refused as a whole; the others begin with one that
-- takes none (PEXPIRE, PERSIST, ZREM, DEL), and are carried out.

local HEAD = 'head'
-- How many parts of a head this version knows.
local PARTS = 15
-- The first byte of the names of attributes' fields.
local MARK = string.byte(':')
local LOCK = 'lock'
local NEVER = math.huge
-- The ending of an empty record, and the ms for which updates still apply to it.
local VACANT, VACANCY = 'vacant', 60000
-- The most arguments of one call: more are too many for Lua's stack.
local CHUNK = 1000

local function idOf(due, record)
  return string.sub(record, #due + 2)
end

local function packed(head)
  local common = cmsgpack.pack(head.version, head.seal, head.created, head.touched, head.hits, head.idle, head.ends)
  if not (head.replaced or head.principal or head.ending or head.token or head.description or head.newer) then
    return common
  end
  return common .. cmsgpack.pack(head.replaced, head.principal, head.since, head.entered, head.ending, head.token,
    head.attempt, head.description) .. (head.newer or '')
end

local function isText(value)
  return type(value) == 'string'
end

local function isNumber(value)
  return type(value) == 'number'
end

-- The head in these bytes; `newer` holds the bytes of the parts that a newer version has added. nil if it is damaged.
local function unpacked(bytes)
  local head, isPacked, behind = {}, nil, nil
  isPacked, behind, head.version, head.seal, head.created, head.touched, head.hits, head.idle, head.ends,
    head.replaced, head.principal, head.since, head.entered, head.ending, head.token,
    head.attempt, head.description = pcall(cmsgpack.unpack_limit, bytes, PARTS)
  if isPacked and behind > 0 then
    head.newer = string.sub(bytes, behind + 1)
  end
  local isWhole = isPacked and isText(head.version) and isText(head.seal) and isNumber(head.created)
    and isNumber(head.touched) and isNumber(head.hits) and isNumber(head.idle or 0) and isNumber(head.ends or 0)
    and isText(head.replaced or '') and isText(head.principal or '') and isNumber(head.since or 0)
    and isText(head.entered or '') and isText(head.ending or '') and isText(head.token or '')
    and isNumber(head.attempt or 0) and isText(head.description or '')
  return isWhole and head or nil
end

local function isAttribute(field)
  return string.byte(field) == MARK
end

-- The head of a record; nil if there is none, or it is damaged.
local function headOf(record)
  local bytes = redis.pcall('HGET', record, HEAD)
  if type(bytes) == 'table' then
    assert(string.find(bytes.err, 'WRONGTYPE', 1, true), bytes.err)
    return nil -- the key belongs to another program
  end
  return bytes and unpacked(bytes) or nil
end

local function expiryOf(head)
  return math.min(head.idle and head.touched + head.idle or NEVER, head.ends or NEVER)
end

local function isLive(head, now)
  return not head.ending and not head.token and expiryOf(head) > now
end

-- The token of the last lock, and the end of its lease.
local function lockOf(record)
  local untilAt, token = string.match(redis.call('HGET', record, LOCK) or '', '^(%S+) (.*)$')
  return token, tonumber(untilAt)
end

-- The token that holds the lock at `now`.
local function lockHolder(record, now)
  local token, untilAt = lockOf(record)
  return token and untilAt > now and token or nil
end

local function touch(head, touchedAt, hits)
  head.touched = math.max(head.touched, touchedAt)
  head.hits = head.hits + hits
end

-- Makes Redis remove the record `grace` ms after its due time, and not earlier. Takes no room.
local function keep(record, dueAt, now, grace)
  if dueAt == NEVER then
    redis.call('PERSIST', record)
  else
    redis.call('PEXPIRE', record, math.ceil(math.max(dueAt - now, 0) + grace))
  end
end

-- Removes a record. Returns its entry in the index of principals, packed, now useless: principal and time.
local function remove(due, ids, record, head)
  local id = idOf(due, record)
  redis.call('DEL', record)
  redis.call('ZREM', due, id)
  redis.call('ZREM', ids, id)
  return cmsgpack.pack(head.principal, head.entered)
end

-- Turns null, as decoded from JSON, into nil.
local function given(value)
  if value ~= cjson.null then
    return value
  end
end

-- Calls HSET or HDEL with the arguments from `first` to `last`; for HSET these are pairs.
local function change(command, record, first, last)
  for from = first, last, CHUNK do
    redis.call(command, record, unpack(ARGV, from, math.min(from + CHUNK - 1, last)))
  end
end

-- Stores the head, and the attributes in the arguments from `first` on, which are the last ones.
local function fill(record, head, first)
  redis.call('HSET', record, HEAD, packed(head), unpack(ARGV, first, math.min(first + CHUNK - 1, #ARGV)))
  change('HSET', record, first + CHUNK, #ARGV)
end

-- The time by the clock of Redis, in microseconds.
local function microseconds()
  local time = redis.call('TIME')
  return time[1] * 1000000 + time[2]
end

-- Publishes a change. `instruction`: which kinds ('all' or only 'ends'), the publishing node, the channel.
local function publish(instruction, kind, id, version)
  local kinds, origin, channel = string.match(instruction, '^(%S+) (%S+) (.*)$')
  if kinds == 'all' or kind ~= 'saved' then
    redis.call('PUBLISH', channel, cjson.encode({ origin, kind, id, version }))
  end
end
