-- The head of a record and, unless it has the version that the caller holds or another seal, its attributes. One statement
-- sees one state, so head and attributes belong together without a lock.
-- Parameters: space, id, space, id, held version or null, seal or null.
-- Result: a row with the head, whose name is null, and a row for each attribute, whose version is null.
select id, version, created_at, touched_at, idle_ms, ends_at, due_at, hits, seal, replaced, principal, principal_since, description,
       ending, claim_token, attempt, lock_token, lock_until, was_touched_at, null as name, null as value
from {records}
where space = ? and id = ?
union all
select null, null, null, null, null, null, null, null, null, null, null, null, null,
       null, null, null, null, null, null, a.name, a.value
from {records} r join {attributes} a on a.space = r.space and a.id = r.id
where r.space = ? and r.id = ? and not (r.version <=> ?) and r.seal = coalesce(?, r.seal)
