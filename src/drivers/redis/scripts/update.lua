-- Changes a live record, or a vacant one.
--
-- KEYS 1 due times
--      2 record
--      3 lock of the record; absent: no lock needs to be held
-- ARGV 1 JSON: the contract's RecordUpdate without its attributes, and
--          now, grace (ms that an expired record is kept), entered (when the principal was entered in the index),
--          kept (how many fields a clear leaves; absent: no clear), unset (how many fields to remove),
--          tell (whom to tell, as for tell())
--      2.. fields that the clear leaves, fields to remove, fields and values in turn
--
-- Reply nil                                                               missing
--       'unlocked'
--       'conflict', version
--       'resealed'
--       'saved' or 'dropped', version before, principal before, entered

local due, record, lock = KEYS[1], KEYS[2], KEYS[3]
local update = cjson.decode(ARGV[1])
local now = update.now
local firstUnset = 2 + (update.kept or 0)
local firstSet = firstUnset + update.unset

local function isLocked()
  local untilAt, token = string.match(redis.call('GET', lock) or '', '^(%S+) (.*)$')
  return token == update.lockToken and tonumber(untilAt) > now
end

-- nil leaves a value alone, null takes it away.
local function changed(present, given)
  if given == nil then
    return present
  end
  if given == cjson.null then
    return nil
  end
  return given
end

local function changeHead(head)
  local life = update.life or {}
  head.version = update.version
  head.idle = changed(head.idle, life.idleMs)
  head.ends = changed(head.ends, life.endsAt)
  head.ending = update.ending
  if update.touch then
    touch(head, update.touch.touchedAt, update.touch.hits or 0)
  end
  if update.reseal then
    head.seal, head.sealed = update.reseal.to, now
  end
  if update.principal ~= nil then
    head.principal = changed(nil, update.principal)
    head.since, head.entered = head.principal and now, head.principal and update.entered
  end
end

local function clearAttributes()
  local kept = {}
  for i = 2, firstUnset - 1 do
    kept[ARGV[i]] = true
  end
  for _, field in ipairs(redis.call('HKEYS', record)) do
    if string.sub(field, 1, 1) == ':' and not kept[field] then
      redis.call('HDEL', record, field)
    end
  end
end

local function changeAttributes()
  if update.kept then
    clearAttributes()
  end
  change('HDEL', record, firstUnset, firstSet - 1)
  change('HSET', record, firstSet, #ARGV)
end

local function writeHead(head, old)
  local set, gone = {}, {}
  for _, name in ipairs(FIELDS) do
    if head[name] == nil then
      gone[#gone + 1] = old[name] and name -- appends nothing for what was absent before
    elseif head[name] ~= old[name] then
      set[#set + 1] = name
      set[#set + 1] = head[name]
    end
  end
  if #set > 0 then
    redis.call('HSET', record, unpack(set))
  end
  if #gone > 0 then
    redis.call('HDEL', record, unpack(gone))
  end
end

local function copyOf(head)
  local copy = {}
  for name, value in pairs(head) do
    copy[name] = value
  end
  return copy
end

local adds = firstSet <= #ARGV
local head = headOf(record)
if not head or not isOpen(head, now) then
  return false
end
if lock and not isLocked() then
  return { 'unlocked' }
end
if update.ifVersion and update.ifVersion ~= head.version then
  return { 'conflict', head.version }
end
if update.reseal and update.reseal.from ~= head.seal then
  return { 'resealed' }
end

-- When Redis is full, what adds content is refused here.
if adds then
  redis.call('HSET', record, 'version', update.version)
else
  redis.call('PERSIST', record)
end
local old = copyOf(head)
changeHead(head)
changeAttributes()
local isVacated = (update.dropIfEmpty or old.ending == VACANT) and not head.ending and not head.principal
  and redis.call('HLEN', record) == head.size
if isVacated then
  head.ending = VACANT
end
writeHead(head, old)
local dueAt = dueOf(head, now)
redis.call('ZADD', due, dueAt, idOf(due, record))
keep(record, dueAt, now, update.grace)
tell(update.tell, head.ending and 'ended' or 'saved', idOf(due, record), head.version)
return { isVacated and 'dropped' or 'saved', old.version, old.principal or false, old.entered or false }
