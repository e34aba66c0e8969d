-- Writes the claim and the lock of a record; no index. Parameters: the columns in this order, rid.
update records set due_at = ?, claim_token = ?, attempt = ?, lock_token = ?, lock_until = ? where rid = ?
