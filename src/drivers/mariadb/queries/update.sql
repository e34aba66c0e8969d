-- Writes the head of a record that this transaction holds.
-- Parameters: version, touched_at, idle_ms, ends_at, due_at, wake_at, hits, seal, replaced, principal, principal_since, description, ending, space, id.
update {records}
set version = ?, touched_at = ?, idle_ms = ?, ends_at = ?, due_at = ?, wake_at = ?, hits = ?, seal = ?, replaced = ?,
    principal = ?, principal_since = ?, description = ?, ending = ?
where space = ? and id = ?
