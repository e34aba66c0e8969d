-- Changes a live record, or a vacant one.
--
-- KEYS 1 due times
--      2 record
-- ARGV 1 JSON: the contract's RecordUpdate without its attributes, and
--          now, grace (ms that an expired record is kept), entered (the time of the principal's entry in the index),
--          kept (the number of fields that a clear keeps; absent: no clear), unset (the number of fields to remove),
--          notify (the instruction for publish())
--      2.. fields that the clear keeps, fields to remove, fields and values in turn
--
-- Reply nil                                                                       missing
--       packed: 'unlocked'
--       packed: 'conflict', version
--       packed: 'resealed'
--       packed: 'saved' or 'dropped', version before, principal before, entered

local due, record = KEYS[1], KEYS[2]
local update = cjson.decode(ARGV[1])
local now = update.now
local firstUnset = 2 + (update.kept or 0)
local firstSet = firstUnset + (update.unset or 0)
local adds = firstSet <= #ARGV

-- Whether updates apply: the record is live, or vacant.
local function isOpen(head)
  return isLive(head, now) or head.ending == VACANT and not head.token
end

-- The new value: nil keeps the present one, null removes it.
local function changed(present, value)
  if value == nil then
    return present
  end
  return given(value)
end

local function changeHead(head)
  local life = update.life or {}
  head.version = update.version
  head.idle = changed(head.idle, life.idleMs)
  head.ends = changed(head.ends, life.endsAt)
  head.ending = update.ending
  head.description = changed(head.description, update.description)
  if update.touch then
    touch(head, update.touch.touchedAt, update.touch.hits or 0)
  end
  if update.reseal then
    head.seal, head.replaced = update.reseal.to, update.reseal.replaced
  end
  if update.principal ~= nil then
    head.principal = given(update.principal)
    head.since, head.entered = head.principal and now, head.principal and update.entered
  end
end

local function clearAttributes()
  local kept = {}
  for i = 2, firstUnset - 1 do
    kept[ARGV[i]] = true
  end
  for _, field in ipairs(redis.call('HKEYS', record)) do
    if isAttribute(field) and not kept[field] then
      redis.call('HDEL', record, field)
    end
  end
end

local function removeAttributes()
  if update.kept then
    clearAttributes()
  end
  change('HDEL', record, firstUnset, firstSet - 1)
end

-- Fields of newer versions do not count. These are few, so a record of many fields has attributes.
local function hasAttributes()
  if redis.call('HLEN', record) > 16 then
    return true
  end
  for _, field in ipairs(redis.call('HKEYS', record)) do
    if isAttribute(field) then
      return true
    end
  end
  return false
end

local function dueOf(head)
  if head.ending == VACANT then
    return now + VACANCY
  end
  return head.ending and math.min(now, expiryOf(head)) or expiryOf(head)
end

local head = headOf(record)
if not head or not isOpen(head) then
  return false
end
if update.lockToken and lockHolder(record, now) ~= update.lockToken then
  return cmsgpack.pack('unlocked')
end
if update.ifVersion and update.ifVersion ~= head.version then
  return cmsgpack.pack('conflict', head.version)
end
if update.reseal and update.reseal.from ~= head.seal then
  return cmsgpack.pack('resealed')
end

local version, principal, entered, wasVacant = head.version, head.principal, head.entered, head.ending == VACANT
-- The due time of a vacant record depends on the change that vacated it, which its head does not show.
local dueBefore = not wasVacant and expiryOf(head)
local isVacated = false
changeHead(head)
if adds then
  -- If Redis is full, it refuses the first write and so the whole script.
  if update.kept or firstSet > firstUnset then
    redis.call('HSET', record, HEAD, packed(head))
    removeAttributes()
    change('HSET', record, firstSet, #ARGV)
  else
    fill(record, head, firstSet)
  end
else
  redis.call('PERSIST', record)
  removeAttributes()
  isVacated = (update.dropIfEmpty or wasVacant) and not head.ending and not head.principal
    and not hasAttributes()
  if isVacated then
    head.ending = VACANT
  end
  redis.call('HSET', record, HEAD, packed(head))
end
local dueAt = dueOf(head)
-- Most updates that add content do not change the due time.
if dueAt ~= dueBefore or not adds then
  redis.call('ZADD', due, dueAt, idOf(due, record))
  keep(record, dueAt, now, update.grace)
end
publish(update.notify, head.ending and 'ended' or 'saved', idOf(due, record), head.version)
return cmsgpack.pack(isVacated and 'dropped' or 'saved', version, principal, entered)
