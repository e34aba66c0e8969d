-- A new record. Fails with 1062 if the id is taken.
-- Parameters: space, id, version, created_at, touched_at, idle_ms, ends_at, due_at, wake_at, hits, seal, replaced, principal,
-- principal_since, description.
insert into {records}
  (space, id, version, created_at, touched_at, idle_ms, ends_at, due_at, wake_at, hits, seal, replaced, principal, principal_since,
   description)
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
