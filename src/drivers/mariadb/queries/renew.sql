-- Extends the lease of a claim.
-- Parameters: due_at, wake_at, space, id, token.
-- Result: 1 affected row if the token holds the record.
update {records} set due_at = ?, wake_at = ? where space = ? and id = ? and claim_token = ?
