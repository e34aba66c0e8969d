-- Writes what a touch changes; no index. Parameters: the columns in this order, rid.
update records set touched_at = ?, hits = ?, idle_ms = ?, due_at = ? where rid = ?
