-- Creates a record.
--
-- KEYS 1 due times
--      2 ids
--      3 record
-- ARGV 1 JSON: the contract's RecordCreate without its attributes, and
--          now, grace (ms that an expired record is kept), entered (the time of the principal's entry in the index)
--      2.. fields and values in turn
--
-- Reply 'saved' | 'exists'

local due, ids, record = KEYS[1], KEYS[2], KEYS[3]
local create = cjson.decode(ARGV[1])
local now = create.now
local id = idOf(due, record)

if redis.call('EXISTS', record) == 1 then
  return 'exists'
end

local access = create.touch or { touchedAt = now }
local head = {
  version = create.version,
  seal = create.seal,
  created = create.createdAt or now,
  touched = access.touchedAt,
  hits = access.hits or 0,
  idle = given(create.life.idleMs),
  ends = given(create.life.endsAt),
  replaced = create.replaced,
  principal = create.principal,
  since = create.principal and (create.principalSince or now),
  entered = create.entered,
  description = create.description,
}
local dueAt = expiryOf(head)
redis.call('ZADD', due, dueAt, id)
redis.call('ZADD', ids, 0, id)
fill(record, head, 2)
keep(record, dueAt, now, create.grace)
return 'saved'
