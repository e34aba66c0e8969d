-- Writes what an update may change, except the indexed columns. Parameters: the columns in this order, rid.
update records set version = ?, touched_at = ?, idle_ms = ?, ends_at = ?, due_at = ?, hits = ?, seal = ?, replaced = ?,
  principal_since = ?, description = ?, ending = ?
where rid = ?
